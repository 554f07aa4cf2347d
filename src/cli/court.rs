use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::court::{ActOptions, Decisions, Session};

/// Name of the profile.
pub(super) const PROFILE: &str = "court-act";

/// Options of the profile court-act.
#[derive(clap::Args)]
pub(super) struct CourtArgs {
    /// With --profile court-act: write a review sheet of all acts here (HTML). It holds the originals, so it may not
    /// lie in the output folder
    #[arg(long, value_name = "FILE")]
    review: Option<PathBuf>,
    /// With --profile court-act: apply what was decided on the review sheets (JSON)
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// With --profile court-act: let representatives and lawyers stay
    #[arg(long)]
    keep_representatives: bool,
    /// With --profile court-act: also replace bailiffs, notaries, investigators
    /// (experts and interpreters are replaced as witnesses are)
    #[arg(long)]
    replace_officials: bool,
    /// With --profile court-act: let land, vehicles and bank accounts stay
    #[arg(long)]
    keep_property: bool,
    /// With --profile court-act: let what is said of somebody's health stay
    #[arg(long)]
    keep_health: bool,
    /// With --profile court-act: labels in Russian have a form for women
    #[arg(long)]
    gendered_labels: bool,
}

impl CourtArgs {
    /// The session for a run with this profile; `None` with any other.
    pub fn session(&self, profile: Option<&str>, out: &Path) -> anyhow::Result<Option<Arc<Session>>> {
        if profile != Some(PROFILE) {
            if self.review.is_some() || self.decisions.is_some() {
                bail!("--review and --decisions belong to --profile {PROFILE}");
            }
            return Ok(None);
        }
        if let Some(review) = &self.review
            && crate::store::inside(review, out)?
        {
            bail!(
                "--review {} lies in the output folder; it holds the originals: put it elsewhere",
                review.display()
            );
        }
        let decisions = match &self.decisions {
            Some(file) => {
                let json = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
                Some(Decisions::parse(&json).map_err(|e| anyhow::anyhow!("{}: {e}", file.display()))?)
            }
            None => None,
        };
        let options = ActOptions {
            representatives: !self.keep_representatives,
            officials: self.replace_officials,
            property: !self.keep_property,
            health: !self.keep_health,
            neutral: !self.gendered_labels,
        };
        let mut key = [0u8; 32];
        getrandom::fill(&mut key).map_err(|e| anyhow::anyhow!("the system gave no random key: {e}"))?;
        Ok(Some(Arc::new(Session::new(options, decisions, key, self.review.is_some()))))
    }

    /// Writes the review sheet after the run, for the operator alone.
    pub fn write(&self, session: &Session) -> anyhow::Result<()> {
        let Some(review) = &self.review else { return Ok(()) };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(review).with_context(|| review.display().to_string())?;
        std::io::Write::write_all(&mut file, session.page().as_bytes())
            .with_context(|| review.display().to_string())
    }
}
