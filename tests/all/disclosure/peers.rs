//! The same figures from other people's programs.

use super::*;

/// k, l and t of written files, worked out by pyCANON (a Python package).
#[test]
fn another_program_agrees() {
    let Some(python) = from_variable("QUPIA_TEST_PYTHON", "pycanon") else { return };
    let dir = tempfile::tempdir().unwrap();
    let script = "import sys, pandas as pd\nfrom pycanon import anonymity as a\n\
        d = pd.read_csv(sys.argv[1], sep=';', dtype=str, keep_default_na=False)\nq = sys.argv[2].split(',')\ns = ['диагноз']\n\
        print(a.k_anonymity(d, q), a.l_diversity(d, q, s), a.entropy_l_diversity(d, q, s), a.t_closeness(d, q, s))";
    for (i, extra) in [
        "k = 5\nl = 3\nsuppression_limit = 0.1",
        "k = 4\nl = { kind = 'entropy', l = 2.0 }\nsuppression_limit = 0.3",
        "k = 5\nt = 0.35\nsuppression_limit = 0.3",
        "k = 7\nl = 2\nmodel = 'local'",
        "k = 6\nt = 0.4\nmodel = 'mondrian'",
    ]
    .iter()
    .enumerate()
    {
        let privacy = policy(extra);
        let output = dir.path().join(format!("{i}.csv"));
        run_policy(&data("patients.csv"), &output, &privacy, &base(), &Extras::default()).unwrap();
        let out = Command::new(&python)
            .args(["-c", script])
            .arg(&output)
            .arg(privacy.quasi.join(","))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        let figures: Vec<f64> = text.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        let [k, l, entropy, t] = figures[..] else { panic!("{}", String::from_utf8_lossy(&out.stderr)) };
        assert!(k >= f64::from(privacy.k), "{extra}: {text}");
        match privacy.l {
            Some(L::Distinct(asked)) => assert!(l >= f64::from(asked), "{extra}: {text}"),
            // pyCANON rounds its entropy l down to a whole number.
            Some(L::Kind { l: asked, .. }) => assert!(entropy >= asked.floor(), "{extra}: {text}"),
            None => {}
        }
        assert!(privacy.t.is_none_or(|asked| t <= asked + 1e-9), "{extra}: {text}");
    }
}

/// A Parquet file of another program is protected, and that program reads the copy.
#[cfg(feature = "columnar")]
#[test]
fn parquet_of_another_program() {
    let Some(python) = from_variable("QUPIA_TEST_PYTHON", "pycanon") else { return };
    let dir = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        let out = Command::new(&python).args(["-c", script]).current_dir(dir.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    run("import pyarrow as a, pyarrow.parquet as p, datetime as d\n\
        n = 60\n\
        t = a.table({'age': a.array([20 + i % 7 for i in range(n)], a.int16()), 'sex': a.array(['м', 'ж', None] * (n // 3)).dictionary_encode(),\n\
        'day': a.array([d.date(2024, 1, 1 + i % 28) for i in range(n)]), 'pay': a.array([i / 4 for i in range(n)])})\n\
        p.write_table(t, 'in.parquet', compression='zstd')");
    let privacy = Privacy::from_policy(
        "[privacy]\nk = 4\nquasi = ['age', 'sex']\nsuppression_limit = 0.0\nmodel = 'mondrian'",
    )
    .unwrap();
    run_policy(
        &dir.path().join("in.parquet"),
        &dir.path().join("out.parquet"),
        &privacy,
        dir.path(),
        &Extras::default(),
    )
    .unwrap();
    let told = run("import pyarrow.parquet as p\n\
        t = p.read_table('out.parquet')\n\
        print(t.num_rows, t.schema.field('day').type, t.schema.field('pay').type, min(t.group_by(['age', 'sex']).aggregate([([], 'count_all')])['count_all'].to_pylist()))");
    let words: Vec<&str> = told.split_whitespace().collect();
    assert_eq!(words[..3], ["60", "date32[day]", "double"], "{told}");
    assert!(words[3].parse::<u32>().unwrap() >= 4, "{told}");
}
