use crate::run;

use super::Exit;
use super::common::CommonArgs;
use super::progress::Bar;

/// Arguments of `qupia scan`.
#[derive(clap::Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// court-act: tell the role of every person in court acts
    #[arg(long, value_name = "NAME", value_parser = [super::court::PROFILE])]
    profile: Option<String>,
}

pub(super) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let common = args.common;
    let mut options = common.run_options()?;
    if args.profile.is_some() {
        options.court = Some(std::sync::Arc::new(crate::court::Session::for_scan()));
    }
    let sinks = common.sinks(None)?;
    let bar = common
        .bar()
        .then(|| Bar::start(options.progress.clone(), options.paths.clone(), options.walk.clone()));
    let summary = run::scan(options, sinks)?;
    drop(bar);
    Ok(common.exit(&summary))
}
