//! Trains the model of names again: `cargo run --release --example train_names -- --data DIR`.
//!
//! DIR holds the corpora and lists that NOTICE names (they are published by their authors and not part of this
//! repository). The samples of `testdata` are learnt from with other names in them (`--copies`, each sample among them),
//! and written as other people would (`--varied`); `--samples DIR` names another folder.
//! `--lists` builds `lists.fst` and `opencorpora.fst` anew; then `model.bin` is trained and written.
//! `--hold-out` keeps a fifth of each corpus apart, trains into `target` and measures on it.
//! `--measure FILE…` only measures the model given by `--model` on texts with names in double brackets.

mod build_lists;
mod corpus;
mod forms;
mod measure;
mod people;
mod random;
mod samples;
mod swap;
mod synth;
mod train;
mod vary;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use qupia::detect::names::Names;
use qupia::detect::names::lists::Lists;
use qupia::detect::names::tagger::Model;

use corpus::{Labelled, read_bracketed, read_jsonl, sequences};
use random::Random;

struct Options {
    data: Option<PathBuf>,
    out: PathBuf,
    model: Option<PathBuf>,
    hold_out: bool,
    lists: bool,
    errors: bool,
    show: bool,
    times: usize,
    samples: Option<PathBuf>,
    copies: usize,
    varied: usize,
    measure: Vec<PathBuf>,
    settings: train::Settings,
}

fn options() -> Result<Options> {
    let mut o = Options {
        data: None,
        out: PathBuf::from("patterns/names"),
        model: None,
        hold_out: false,
        lists: false,
        errors: false,
        show: false,
        times: 30,
        samples: Some(PathBuf::from("testdata")),
        copies: 10,
        varied: 6,
        measure: Vec::new(),
        settings: train::Settings { alpha: 0.15, l1: 1.0, l2: 1.0, passes: 5, least: 2 },
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--data" => o.data = Some(value()?.into()),
            "--out" => o.out = value()?.into(),
            "--model" => o.model = Some(value()?.into()),
            "--hold-out" => o.hold_out = true,
            "--lists" => o.lists = true,
            "--show" => o.show = true,
            "--times" => o.times = value()?.parse()?,
            "--samples" => o.samples = Some(value()?.into()),
            "--copies" => o.copies = value()?.parse()?,
            "--varied" => o.varied = value()?.parse()?,
            "--errors" => o.errors = true,
            "--alpha" => o.settings.alpha = value()?.parse()?,
            "--l1" => o.settings.l1 = value()?.parse()?,
            "--l2" => o.settings.l2 = value()?.parse()?,
            "--passes" => o.settings.passes = value()?.parse()?,
            "--measure" => o.measure.push(value()?.into()),
            _ => anyhow::bail!("unknown argument {arg}"),
        }
    }
    Ok(o)
}

fn leak(path: &Path) -> Result<&'static [u8]> {
    Ok(std::fs::read(path).with_context(|| path.display().to_string())?.leak())
}

fn main() -> Result<()> {
    let o = options()?;
    let (names, corpora) = (o.out.join("lists.fst"), o.out.join("opencorpora.fst"));
    if let Some(data) = o.data.as_ref().filter(|_| o.lists) {
        std::fs::write(&names, build_lists::names(data, &o.out.join("more_names.txt"))?)?;
        std::fs::write(&corpora, build_lists::corpora(data)?)?;
    }
    let mut held: Vec<(String, Vec<Labelled>)> = Vec::new();
    let mut model = o.model.clone().unwrap_or(o.out.join("model.bin"));
    if let Some(data) = &o.data {
        let mut texts = Vec::new();
        for (file, weight, gold) in [
            ("factrueval_dev", 6, true),
            ("kaznerd_valid", 3, true),
            ("silver_wikinews_ru", 1, false),
            ("synthetic_legal", 1, false),
        ] {
            let mut all = read_jsonl(&data.join(format!("{file}.jsonl.gz")))?;
            if gold && o.hold_out {
                let kept = all.len() * 4 / 5;
                held.push((file.to_owned(), all.split_off(kept)));
            }
            for _ in 0..weight {
                texts.extend(all.iter().cloned());
            }
        }
        let pool = people::Pool::read(data, &o.out.join("more_names.txt"))?;
        let mut random = Random(2026);
        let made = synth::make(include_str!("templates.txt"), &pool, o.times, &mut random);
        if o.show {
            made.iter().for_each(|m| println!("{}", m.text));
            return Ok(());
        }
        texts.extend(made);
        if let Some(root) = &o.samples {
            let swap = swap::Swap::new(&pool, &mut random);
            for sample in samples::read(root)? {
                for _ in 1..o.copies {
                    texts.push(samples::with_others(&sample, &swap, &mut random));
                }
                for _ in 0..o.varied {
                    let other = samples::with_others(&sample, &swap, &mut random);
                    texts.push(vary::varied(&other, &mut random));
                }
                texts.push(sample);
            }
        }
        let lists = Lists::new(leak(&names)?, leak(&corpora)?);
        let sequences = sequences(texts);
        let (mut rows, transitions) = train::train(&sequences, &lists, &o.settings, &mut random);
        let bytes = Model::store(&mut rows, &transitions);
        eprintln!("{} features kept, {} bytes", rows.len(), bytes.len());
        if o.hold_out {
            model = "target/names-held-out.bin".into();
        }
        std::fs::write(&model, &bytes)?;
    }
    for path in &o.measure {
        held.push((path.display().to_string(), read_bracketed(path)?));
    }
    let finder = Names::new(leak(&names)?, leak(&corpora)?, leak(&model)?);
    for (name, texts) in &held {
        let begin = std::time::Instant::now();
        let score = measure::measure(&finder, texts, o.errors);
        let bytes: usize = texts.iter().map(|t| t.text.len()).sum();
        println!("{name}: {score} ({:.1} MB/s cold)", bytes as f64 / 1e6 / begin.elapsed().as_secs_f64());
    }
    Ok(())
}
