use crate::run;

use super::Exit;
use super::common::CommonArgs;
use super::progress::Bar;

/// Arguments of `qupia scan`.
#[derive(clap::Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    common: CommonArgs,
}

pub(super) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let common = args.common;
    let options = common.run_options()?;
    let sinks = common.sinks(None)?;
    let bar = common
        .bar()
        .then(|| Bar::start(options.progress.clone(), options.paths.clone(), options.walk.clone()));
    let summary = run::scan(options, sinks)?;
    drop(bar);
    Ok(common.exit(&summary))
}
