use std::ffi::OsString;

use clap::Command;

/// Options that a shell would refuse to see twice come from the file first, so that the command line wins.
///
/// `--config FILE` names a TOML file whose keys are the long names of options (`min-confidence = 0.7`,
/// `exclude = ["*.bak"]`, `paths = [...]`), at the top for every subcommand or in a section named like one.
///
/// # Errors
/// A sentence naming the file, the key and what is allowed.
pub(super) fn expand(args: Vec<OsString>, command: &Command) -> Result<Vec<OsString>, String> {
    let Some(file) = config_of(&args) else { return Ok(args) };
    let Some((at, sub)) =
        args.iter().enumerate().skip(1).find_map(|(i, a)| Some((i, command.find_subcommand(a.to_str()?)?)))
    else {
        return Ok(args);
    };
    let path = file.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(&file).map_err(|e| format!("cannot read --config {path}: {e}"))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| format!("{path}: {}", e.message()))?;
    let mut extra = Vec::new();
    let mut paths = Vec::new();
    let mut take = |section: &toml::Table, top: bool| -> Result<(), String> {
        for (key, value) in section {
            if value.is_table() {
                if top && command.find_subcommand(key).is_some() {
                    continue;
                }
                return Err(format!("{path}: [{key}] is no subcommand of qupia"));
            }
            let known = sub.get_arguments().find(|a| a.get_long() == Some(key));
            if key == "paths" {
                paths.extend(strings(value).into_iter().map(OsString::from));
            } else if let Some(arg) = known {
                let option = format!("--{key}");
                match value {
                    toml::Value::Boolean(on) if !arg.get_action().takes_values() => {
                        if *on {
                            extra.push(option.into());
                        }
                    }
                    _ => {
                        for v in strings(value) {
                            extra.push(format!("{option}={v}").into());
                        }
                    }
                }
            } else if !top
                || !command.get_subcommands().any(|s| s.get_arguments().any(|a| a.get_long() == Some(key)))
            {
                let names: Vec<&str> = sub.get_arguments().filter_map(|a| a.get_long()).collect();
                return Err(format!("{path}: unknown key {key}; known are paths, {}", names.join(", ")));
            }
        }
        Ok(())
    };
    take(&table, true)?;
    if let Some(section) = table.get(sub.get_name()).and_then(|v| v.as_table()) {
        take(section, false)?;
    }
    let mut out = args[..=at].to_vec();
    out.extend(extra);
    out.extend(args[at + 1..].iter().cloned());
    out.extend(paths);
    Ok(out)
}

fn config_of(args: &[OsString]) -> Option<OsString> {
    let mut it = args.iter();
    while let Some(arg) = it.next() {
        if arg == "--config" {
            return it.next().cloned();
        }
        if let Some(value) = arg.to_str().and_then(|a| a.strip_prefix("--config=")) {
            return Some(value.into());
        }
    }
    None
}

fn strings(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(items) => items.iter().flat_map(strings).collect(),
        toml::Value::String(s) => vec![s.clone()],
        other => vec![other.to_string()],
    }
}
