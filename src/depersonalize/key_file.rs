use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::generalize::date::{self, Day};
use super::{Key, KeyOrigin};

/// Why a key file cannot be used. Never holds a part of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error("cannot use the key file {path}")]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("{0}: others than the owner can read this key file; set its mode to 0600 (chmod 600)")]
    Open(PathBuf),
    /// It is no key file.
    #[error("{path}: not a key file: {what}")]
    Form {
        /// The key file.
        path: PathBuf,
        /// What is missing or wrong.
        what: String,
    },
    /// Its time is over.
    #[error(
        "{path}: this key was to be used until {expires}; make a new one, or destroy it: qupia key destroy"
    )]
    Expired {
        /// The key file.
        path: PathBuf,
        /// The day.
        expires: String,
    },
    /// No randomness.
    #[error("the operating system gives no randomness: {0}")]
    Random(getrandom::Error),
}

/// What a key file says besides the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// What it is kept for.
    pub purpose: String,
    /// The day it was made, `YYYY-MM-DD`.
    pub created: String,
    /// The last day it may be used.
    pub expires: String,
    /// Shows that two runs shared the key and shows nothing of it.
    pub commitment: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    purpose: String,
    created: String,
    expires: String,
    key: String,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl Key {
    /// The key of a key file: for linking several runs. Reports then say "pseudonymized".
    ///
    /// # Errors
    /// Where the file is not one, can be read by others than its owner, or its time is over.
    pub fn from_file(path: &Path) -> Result<Key, KeyFileError> {
        let stored = read(path)?;
        if date::parse(&stored.expires).is_none_or(|(day, _)| day < Day::today()) {
            return Err(KeyFileError::Expired { path: path.into(), expires: stored.expires.clone() });
        }
        key(path, &stored)
    }

    /// The key of a key file, to check what was made with it: its time may be over.
    ///
    /// # Errors
    /// As [`Key::from_file`], but for the time.
    pub fn from_file_for_checks(path: &Path) -> Result<Key, KeyFileError> {
        key(path, &read(path)?)
    }
}

fn key(path: &Path, stored: &Stored) -> Result<Key, KeyFileError> {
    let origin = KeyOrigin::File { purpose: stored.purpose.clone(), expires: stored.expires.clone() };
    let mut bytes = [0u8; 32];
    let hex = stored.key.as_bytes();
    let nibble = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let whole = hex.len() == 64
        && hex.chunks(2).zip(&mut bytes).all(|(pair, out)| match (nibble(pair[0]), nibble(pair[1])) {
            (Some(high), Some(low)) => {
                *out = high << 4 | low;
                true
            }
            _ => false,
        });
    if !whole || bytes == [0; 32] {
        bytes.zeroize();
        return Err(KeyFileError::Form {
            path: path.into(),
            what: "key is not 64 hexadecimal digits".into(),
        });
    }
    Ok(Key::from_bytes(&mut bytes, origin))
}

fn read(path: &Path) -> Result<Stored, KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Open(path.into()));
        }
    }
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.take(4096).read_to_string(&mut text).map_err(io)?;
    let form = |what: &str| KeyFileError::Form { path: path.into(), what: what.into() };
    // the parser's own message would quote the line that it stumbled over
    let stored: Stored = toml::from_str(&text)
        .map_err(|_| form("it must hold version, purpose, created, expires and key, and nothing else"))?;
    if stored.version != 1 { Err(form("its version is not 1")) } else { Ok(stored) }
}

/// Makes a new key file, readable by its owner only.
///
/// # Errors
/// Where the file exists, cannot be written, or `expires` is not a day to come.
pub fn new(path: &Path, purpose: &str, expires: &str) -> Result<KeyInfo, KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.into(), source };
    let form = |what: &str| KeyFileError::Form { path: path.into(), what: what.into() };
    let day =
        date::parse(expires).map(|d| d.0).ok_or_else(|| form("the day of expiry must be YYYY-MM-DD"))?;
    if day <= Day::today() {
        return Err(form("the day of expiry must lie ahead"));
    }
    if purpose.trim().is_empty() || purpose.contains(['"', '\\', '\n']) {
        return Err(form("a key file needs a purpose in plain words, without quotes"));
    }
    let key = Key::random().map_err(KeyFileError::Random)?;
    let mut hex = Zeroizing::new(String::with_capacity(64));
    for b in key.bytes() {
        hex.extend([b >> 4, b & 15].map(|n| char::from(b"0123456789abcdef"[n as usize])));
    }
    let created = Day::today().iso();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(io)?;
    let text = Zeroizing::new(format!(
        "# Key of qupia. Whoever holds it can find the person behind every token made with it.\n\
         # Keep it apart from sources and copies; destroy it with: qupia key destroy\n\
         version = 1\npurpose = \"{}\"\ncreated = \"{created}\"\nexpires = \"{}\"\nkey = \"{}\"\n",
        purpose.trim(),
        day.iso(),
        *hex
    ));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    Ok(KeyInfo { purpose: purpose.trim().into(), created, expires: day.iso(), commitment: key.commitment() })
}

/// What a key file says of itself; the key is not shown.
///
/// # Errors
/// As [`Key::from_file`], but a key whose time is over is shown too.
pub fn inspect(path: &Path) -> Result<KeyInfo, KeyFileError> {
    let stored = read(path)?;
    let key = key(path, &stored)?;
    Ok(KeyInfo {
        purpose: stored.purpose.clone(),
        created: stored.created.clone(),
        expires: stored.expires.clone(),
        commitment: key.commitment(),
    })
}

/// An act of destruction of a key.
#[derive(Clone, Debug)]
pub struct Act {
    /// What was destroyed.
    pub info: KeyInfo,
    /// The file.
    pub path: PathBuf,
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// Bytes that were overwritten.
    pub bytes: u64,
}

/// Overwrites a key file with random bytes and then zeros, and removes it.
///
/// # Errors
/// Where it is no key file or cannot be written.
pub fn destroy(path: &Path) -> Result<Act, KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.into(), source };
    let info = inspect(path)?;
    let mut file = OpenOptions::new().write(true).open(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    let mut noise = vec![0u8; bytes as usize];
    getrandom::fill(&mut noise).map_err(KeyFileError::Random)?;
    for pass in [noise, vec![0u8; bytes as usize]] {
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        file.write_all(&pass).and_then(|()| file.sync_all()).map_err(io)?;
    }
    drop(file);
    fs::remove_file(path).map_err(io)?;
    Ok(Act { info, path: path.into(), date: Day::today().iso(), bytes })
}

impl Act {
    /// The act as a document of plain text in Russian, Kazakh or English (`ru`, `kk`, `en`).
    pub fn text(&self, lang: &str) -> String {
        let Act { info, path, date, bytes } = self;
        let path = path.display();
        let KeyInfo { purpose, created, expires, commitment } = info;
        match lang {
            "kk" => format!(
                "КІЛТТІ ЖОЮ ТУРАЛЫ АКТ\n\nКүні: {date}\nФайл: {path}\nКілттің мақсаты: {purpose}\nЖасалған күні: {created}\nҚолдану мерзімі: {expires} дейін\n\
                 Кілт белгісі (кілттің өзін ашпайды): {commitment}\n\n256 биттік кілт бар файл ({bytes} байт) кездейсоқ байттармен, содан кейін нөлдермен қайта жазылып, өшірілді.\n\
                 Ескерту: SSD дискілері, файлдық жүйенің журналы мен резервтік көшірмелер файлдың бұрынғы көшірмелерін сақтауы мүмкін; оларды бөлек жою керек.\n\n\
                 Жойған: ____________________    Қатысқан: ____________________\n"
            ),
            "en" => format!(
                "ACT OF DESTRUCTION OF A KEY\n\nDate: {date}\nFile: {path}\nPurpose of the key: {purpose}\nMade: {created}\nTo be used until: {expires}\n\
                 Commitment (shows nothing of the key): {commitment}\n\nThe file with the 256-bit key ({bytes} bytes) was overwritten with random bytes, then with zeros, and removed.\n\
                 Note: SSDs, journals of file systems and backups may keep earlier copies of the file; they must be destroyed apart.\n\n\
                 Destroyed by: ____________________    Witness: ____________________\n"
            ),
            _ => format!(
                "АКТ ОБ УНИЧТОЖЕНИИ КЛЮЧА\n\nДата: {date}\nФайл: {path}\nНазначение ключа: {purpose}\nСоздан: {created}\nСрок применения: до {expires}\n\
                 Отметка ключа (самого ключа не раскрывает): {commitment}\n\nФайл с ключом 256 бит ({bytes} байт) перезаписан случайными байтами, затем нулями и удалён.\n\
                 Примечание: накопители SSD, журналы файловых систем и резервные копии могут хранить прежние копии файла; их следует уничтожить отдельно.\n\n\
                 Уничтожил: ____________________    Присутствовал: ____________________\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn life_of_a_key_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("link.key");
        let info = new(&path, "monthly statistics", "2099-12-31").unwrap();
        assert_eq!(inspect(&path).unwrap(), info);
        let (a, b) = (Key::from_file(&path).unwrap(), Key::from_file(&path).unwrap());
        assert_eq!(a.bytes(), b.bytes());
        assert_eq!(a.commitment(), info.commitment);
        assert!(matches!(new(&path, "x", "2099-12-31"), Err(KeyFileError::Io { .. })), "never overwritten");
        let act = destroy(&path).unwrap();
        assert!(!path.exists());
        for lang in ["ru", "kk", "en"] {
            assert!(act.text(lang).contains(&info.commitment));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("open.key");
        new(&path, "test", "2099-12-31").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Key::from_file(&path), Err(KeyFileError::Open(_))));
    }

    #[test]
    fn errors_never_show_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bad.key");
        let secret = "ab".repeat(31);
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut f = options.write(true).create_new(true).open(&path).unwrap();
        write!(f, "version = 1\npurpose='x'\ncreated='2026-01-01'\nexpires='2020-01-01'\nkey = '{secret}'\n")
            .unwrap();
        let expired = Key::from_file(&path).err().unwrap().to_string();
        assert!(expired.contains("2020-01-01") && !expired.contains(&secret), "{expired}");
        let short = inspect(&path).unwrap_err().to_string();
        assert!(!short.contains(&secret[..8]), "{short}");
    }
}
