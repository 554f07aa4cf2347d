//! Could one word behind a label be what the label names: a password, a secret, a session, a name in a network?

/// Eight and more letters and digits, several of each.
pub(super) fn mixed(v: &[u8]) -> bool {
    let letters = v.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = v.iter().filter(|b| b.is_ascii_digit()).count();
    v.is_ascii() && v.len() >= 8 && letters >= 2 && digits >= 2
}

/// Six and more signs as no word has them: small letters, capitals and digits, or letters, digits and a sign.
pub(super) fn invented(v: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| v.iter().any(is);
    let letters = has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit);
    let both = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let sign = v.iter().any(|b| b"!@#$%^&*".contains(b));
    v.is_ascii() && v.len() >= 6 && letters && (both || sign)
}

/// `7c1d9a40-2f8e-4b77-b0c6-118e204417aa`.
pub(super) fn uuid(v: &[u8]) -> bool {
    v.len() == 36
        && v.iter().enumerate().all(|(k, b)| match k {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// The secret of a session: sixteen and more letters and digits, several of each.
pub(super) fn session_like(v: &[u8]) -> bool {
    (16..=200).contains(&v.len())
        && mixed(v)
        && v.iter().filter(|b| b.is_ascii_digit()).count() >= 4
        && v.iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'%' | b'=' | b'+' | b'/'))
}

/// Could a token after `Instagram:` be a name there and not a word of the text? It has a digit or a joint within.
pub(super) fn handle_like(v: &[u8]) -> bool {
    let v = v.strip_suffix(b".").unwrap_or(v);
    let joint = |b: &u8| b.is_ascii_digit() || matches!(b, b'_' | b'.');
    (4..=30).contains(&v.len())
        && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        && v.iter().any(joint)
        && v[0].is_ascii_alphabetic()
}

/// Could a token after `token:` be one that opens something? A long run of mixed letters and digits stands in it.
pub(super) fn secret_like(v: &[u8]) -> bool {
    let sign = |b: &u8| b.is_ascii_alphanumeric() || b"-_./+=:~".contains(b);
    let strong = |run: &[u8]| {
        let digits = run.iter().filter(|b| b.is_ascii_digit()).count();
        let upper = run.iter().filter(|b| b.is_ascii_uppercase()).count();
        let lower = run.iter().filter(|b| b.is_ascii_lowercase()).count();
        let hex = run.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b));
        let mixed = run.len() >= 12 && digits >= 2 && upper >= 2 && lower >= 2;
        mixed
            || run.len() >= 20 && digits >= 4 && upper + lower >= 4 && !hex
            || hex
                && digits >= 6
                && (matches!(run.len(), 32 | 40 | 48 | 64) || (20..=24).contains(&run.len()) && lower >= 4)
    };
    let runs = || v.split(|b| !b.is_ascii_alphanumeric());
    // "pmk-71a0c9f4d2e84b7f9c10": what it opens, and figures
    let hex = |run: &[u8]| {
        run.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
            && run.iter().filter(|b| b.is_ascii_digit()).count() >= 6
    };
    let opens = runs().count() == 2 && {
        let (first, last) = (runs().next().unwrap_or_default(), runs().next_back().unwrap_or_default());
        (2..=8).contains(&first.len())
            && first.iter().any(|b| !b.is_ascii_hexdigit())
            && last.len() >= 14
            && hex(last)
    };
    // "pk_4417_Ux82LmQz": the last of its parts is no word
    let last = v.rsplit(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
    let odd = |is: fn(&u8) -> bool| last.iter().filter(|b| is(b)).count() >= 2;
    let ends = (8..=12).contains(&last.len())
        && runs().count() <= 4
        && odd(u8::is_ascii_digit)
        && odd(u8::is_ascii_uppercase)
        && odd(u8::is_ascii_lowercase);
    // "9f4c-77aa-E0b1-KZ18-d3e7": groups of one length
    let group = runs().next().map_or(0, <[u8]>::len);
    let digits = v.iter().filter(|b| b.is_ascii_digit()).count();
    let grouped = (4..=8).contains(&group)
        && runs().count() >= 3
        && runs().all(|r| r.len() == group)
        && digits >= 5
        && runs().filter(|r| r.iter().any(u8::is_ascii_alphabetic)).count() >= 3;
    // the path of a file, a name of a package: words between its signs
    let words = runs().filter(|r| r.len() >= 3 && r.iter().all(u8::is_ascii_lowercase)).count();
    (16..=400).contains(&v.len())
        && v.iter().all(sign)
        && (opens || ends || grouped || runs().any(strong))
        && words <= 2
}

/// Twelve and more small letters that nobody can say, as programs make passwords for programs: `yqhwnvbdrfztkpas`.
pub(super) fn unspeakable(v: &[u8]) -> bool {
    let hard = |run: &[u8]| run.len() >= 5;
    (12..=32).contains(&v.len())
        && v.iter().all(u8::is_ascii_lowercase)
        && v.split(|b| b"aeiouy".contains(b)).filter(|r| hard(r)).count() >= 1
        && v.iter().filter(|b| b"aeiouy".contains(b)).count() * 10 <= v.len() * 3
}

/// `{SSHA}…`, `$2y$10$…`, `md5:…`: a password as directories and programs keep it.
fn kept(v: &[u8]) -> bool {
    let signs: [&[u8]; 14] = [
        b"{SSHA", b"{SHA", b"{MD5}", b"{SMD5}", b"{CRYPT}", b"{PBKDF2", b"$2a$", b"$2b$", b"$2y$", b"$1$",
        b"$5$", b"$6$", b"$argon2", b"md5:",
    ];
    (20..=200).contains(&v.len())
        && signs.iter().any(|s| v.starts_with(s))
        && v.iter().all(|b| b.is_ascii_alphanumeric() || b"{}$./+=:,-".contains(b))
}

/// Could a token after `password:` be a password and not a word of the text or of a program?
pub(super) fn password_like(v: &[u8], quoted: bool) -> bool {
    let inner = v.strip_suffix(b".").unwrap_or(v);
    if kept(inner) {
        return true;
    }
    if !(4..=64).contains(&inner.len()) {
        return false;
    }
    // what programs write after a name: calls, types, paths, variables
    let sign =
        |b: &u8| matches!(b, b'(' | b'{' | b'[' | b'\\' | b'|' | b'/' | b'<') || (*b == b'&' && !quoted);
    if inner.starts_with(b"$") || inner.windows(2).any(|w| w == b"$(") {
        return false;
    }
    let digits = inner.iter().filter(|b| b.is_ascii_digit()).count();
    let dotted = inner.contains(&b'.') && !quoted && digits == 0;
    let letter = inner.iter().any(|b| b.is_ascii_alphabetic());
    !inner.iter().any(sign) && !dotted && digits > 0 && (letter || (digits == inner.len() && digits <= 12))
}
