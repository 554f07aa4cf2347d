//! Real database servers on a socket in a folder of their own, as a user without rights.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::skip;

/// The user and group that servers run as where the test runs as root, which they refuse.
const NOBODY: u32 = 65_534;

/// A running server; it ends with the value.
pub struct Server {
    dir: TempDir,
    child: Child,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MariaDb,
}

impl Server {
    /// PostgreSQL; none, said aloud, where it is not installed.
    pub fn postgres() -> Option<Server> {
        Server::start(Kind::Postgres)
    }

    /// MariaDB; none, said aloud, where it is not installed.
    pub fn mariadb() -> Option<Server> {
        Server::start(Kind::MariaDb)
    }

    fn start(kind: Kind) -> Option<Server> {
        let (name, need): (&str, &[&str]) = match kind {
            Kind::Postgres => ("postgresql", &["initdb", "postgres", "psql", "pg_dump"]),
            Kind::MariaDb => {
                ("mariadb-server", &["mariadb-install-db", "mariadbd", "mariadb", "mariadb-dump"])
            }
        };
        if let Some(missing) = need.iter().find(|p| program(p).is_none()) {
            skip(name, &format!("{missing} is not installed"));
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        if root() {
            chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = dir.path().join("data");
        let path = |p: &Path| p.display().to_string();
        let made = match kind {
            Kind::Postgres => unprivileged("initdb", dir.path())
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"])
                .arg(&data)
                .output(),
            Kind::MariaDb => unprivileged("mariadb-install-db", dir.path())
                .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
                .arg(format!("--datadir={}", path(&data)))
                .output(),
        }
        .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let child = match kind {
            Kind::Postgres => unprivileged("postgres", dir.path())
                .arg("-D")
                .arg(&data)
                .args(["-k", &path(dir.path()), "-c", "listen_addresses=", "-c", "fsync=off"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn(),
            Kind::MariaDb => unprivileged("mariadbd", dir.path())
                .args(["--no-defaults", "--skip-networking", "--innodb-flush-log-at-trx-commit=0"])
                .arg(format!("--datadir={}", path(&data)))
                .arg(format!("--socket={}", path(&dir.path().join("s"))))
                .arg(format!("--pid-file={}", path(&dir.path().join("pid"))))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn(),
        }
        .unwrap();
        let server = Server { dir, child, kind };
        let begun = Instant::now();
        while server.try_sql(server.first(), "select 1").is_err() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{name} does not come up");
            std::thread::sleep(Duration::from_millis(200));
        }
        Some(server)
    }

    fn first(&self) -> &'static str {
        if self.kind == Kind::Postgres { "postgres" } else { "mysql" }
    }

    fn client(&self, tool: &str) -> Command {
        let mut command = Command::new(program(tool).unwrap());
        match self.kind {
            Kind::Postgres => command.args(["-U", "postgres", "-h"]).arg(self.dir.path()),
            Kind::MariaDb => command
                .args(["--no-defaults", "--default-character-set=utf8mb4", "-u", "root"])
                .arg(format!("--socket={}", self.dir.path().join("s").display())),
        };
        command
    }

    /// Makes a database and loads a script into it; any error ends the test.
    pub fn load(&self, database: &str, script: &Path) {
        let create = match self.kind {
            Kind::Postgres => format!("create database {database}"),
            Kind::MariaDb => format!("create database {database} character set utf8mb4"),
        };
        self.try_sql(self.first(), &create).unwrap();
        let mut command = self.client(if self.kind == Kind::Postgres { "psql" } else { "mariadb" });
        if self.kind == Kind::Postgres {
            command.args(["-q", "-v", "ON_ERROR_STOP=1"]);
        }
        let output = command.arg(database).stdin(std::fs::File::open(script).unwrap()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} does not load: {said}", script.display());
    }

    /// A dump of a database, as its own tool writes it.
    pub fn dump(&self, database: &str) -> Vec<u8> {
        let tool = if self.kind == Kind::Postgres { "pg_dump" } else { "mariadb-dump" };
        let output = self.client(tool).arg(database).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The rows of a query, columns by tabs.
    pub fn sql(&self, database: &str, query: &str) -> Vec<String> {
        self.try_sql(database, query).unwrap_or_else(|e| panic!("{query}: {e}"))
    }

    /// A whole table as CSV with a header, in the order of its first column; NULL is empty.
    pub fn csv(&self, database: &str, table: &str) -> Vec<u8> {
        let query = format!("select * from {table} order by 1");
        if self.kind == Kind::Postgres {
            let out = self.client("psql").args(["--csv", "-c", &query, database]).output().unwrap();
            assert!(out.status.success());
            return out.stdout;
        }
        // the client has no CSV: its XML keeps NULL and line ends apart
        let out = self.client("mariadb").args(["--xml", "-e", &query, database]).output().unwrap();
        assert!(out.status.success());
        let xml = String::from_utf8(out.stdout).unwrap();
        let row = regex::Regex::new(r"(?s)<row>(.*?)</row>").unwrap();
        let field =
            regex::Regex::new(r#"(?s)<field name="([^"]+)"(?: xsi:nil="true" />|>(.*?)</field>)"#).unwrap();
        let plain = |text: &str| {
            let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            text.replace("&apos;", "'").replace("&amp;", "&")
        };
        let cells = |row: &str| -> Vec<(String, String)> {
            let all = field.captures_iter(row);
            all.map(|f| (f[1].to_owned(), plain(f.get(2).map_or("", |v| v.as_str())))).collect()
        };
        let rows: Vec<Vec<(String, String)>> = row.captures_iter(&xml).map(|r| cells(&r[1])).collect();
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(rows[0].iter().map(|f| &f.0)).unwrap();
        rows.iter().for_each(|r| csv.write_record(r.iter().map(|f| &f.1)).unwrap());
        csv.into_inner().unwrap()
    }

    fn try_sql(&self, database: &str, query: &str) -> Result<Vec<String>, String> {
        let mut command = self.client(if self.kind == Kind::Postgres { "psql" } else { "mariadb" });
        match self.kind {
            Kind::Postgres => {
                command.args(["-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query, database])
            }
            Kind::MariaDb => command.args(["-N", "-B", "-e", query, database]),
        };
        let output = command.output().map_err(|e| e.to_string())?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // an immediate end: the folder goes with it
        let signal = if self.kind == Kind::Postgres { "-QUIT" } else { "-KILL" };
        let _ = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}

fn unprivileged(tool: &str, dir: &Path) -> Command {
    let mut command = Command::new(program(tool).unwrap());
    command.current_dir(dir).env("HOME", dir).env("TMPDIR", dir);
    if root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Where a program lies: in the path, or where Debian keeps those of its servers.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    places.push("/usr/sbin".into());
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    places.extend(versions.map(|v| v.path().join("bin")));
    places.into_iter().map(|p| p.join(name)).find(|p| p.is_file())
}
