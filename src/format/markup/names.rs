//! Which elements and attributes of HTML mean what.

/// Elements inside a word or a sentence: they do not end a text.
pub fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "b" | "i"
            | "u"
            | "s"
            | "em"
            | "strong"
            | "span"
            | "font"
            | "sup"
            | "sub"
            | "small"
            | "big"
            | "mark"
            | "a"
            | "abbr"
            | "code"
            | "tt"
            | "q"
            | "cite"
            | "ins"
            | "del"
            | "strike"
            | "bdo"
            | "bdi"
            | "wbr"
            | "kbd"
            | "samp"
            | "var"
            | "time"
            | "data"
            | "nobr"
            | "o:p"
            | "tspan"
            | "acronym"
            | "dfn"
            | "label"
    )
}

/// Attributes that say how something looks or works, never what it says.
pub fn is_presentation(name: &str) -> bool {
    matches!(
        name,
        "class"
            | "style"
            | "width"
            | "height"
            | "type"
            | "rel"
            | "colspan"
            | "rowspan"
            | "align"
            | "valign"
            | "border"
            | "cellpadding"
            | "cellspacing"
            | "bgcolor"
            | "color"
            | "face"
            | "size"
            | "lang"
            | "dir"
            | "charset"
            | "media"
            | "http-equiv"
            | "method"
            | "target"
            | "role"
            | "tabindex"
            | "nowrap"
            | "clear"
            | "xml:lang"
            | "xml:space"
            | "viewbox"
            | "fill"
            | "stroke"
            | "d"
            | "transform"
            | "x"
            | "y"
            | "points"
    ) || name.starts_with("xmlns")
        || name.starts_with("stroke-")
        || name.starts_with("font-")
        || name.starts_with("on")
}

/// Does a name of XML say nothing without the name above it: `gender/nameRu`, `document/number`, `contact/type`?
pub fn says_nothing(local: &[u8], above: &str) -> bool {
    const ALWAYS: [&str; 12] = [
        "nameru",
        "namekz",
        "namekk",
        "nameen",
        "name_ru",
        "name_kz",
        "name_kk",
        "name_en",
        "value",
        "type",
        "kind",
        "значение",
    ];
    const LISTED: [&str; 45] = [
        "gender",
        "sex",
        "national",
        "citizen",
        "doc",
        "type",
        "marital",
        "family",
        "religio",
        "birthplace",
        "birthcert",
        "birth_cert",
        "birth_place",
        "identi",
        "contact",
        "idcard",
        "id_card",
        "passport",
        "licen",
        "phone",
        "account",
        "удостовер",
        "паспорт",
        "телефон",
        "счет",
        "счёт",
        "водительск",
        "свидетельств",
        "куәлік",
        "төлқұжат",
        "certif",
        "удлич",
        "уд_лич",
        "внж",
        "полис",
        "водуд",
        "воен",
        "udlich",
        "policy",
        "polis",
        "permit",
        "insur",
        "диплом",
        "residence",
        "milit",
    ];
    let Ok(local) = std::str::from_utf8(local) else { return false };
    let local = local.to_lowercase();
    // what a person's name is needs no word above it
    let last = above.rsplit('/').next().unwrap_or(above);
    let listed =
        || word_starts(last).any(|at| LISTED.iter().any(|l| last[at..].to_lowercase().starts_with(l)));
    // ISO 20022: `PrvtId/Othr/Id` is a person's number, `OrgId/Othr/Id` a firm's, `DbtrAcct/Id/Othr/Id` an account
    let message = match local.as_str() {
        "othr" => matches!(last, "PrvtId" | "OrgId" | "Id"),
        "id" => last == "Othr" || last.ends_with("Acct"),
        _ => false,
    };
    message
        || ALWAYS.contains(&local.as_str())
        || matches!(
            local.as_str(),
            "name"
                | "text"
                | "number"
                | "no"
                | "num"
                | "city"
                | "region"
                | "district"
                | "country"
                | "place"
                | "номер"
                | "серия"
                | "series"
                | "нөмірі"
        ) && listed()
}

/// Where the words of a name begin: `PersonDocument`, `identity_doc`.
fn word_starts(name: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    name.char_indices().filter_map(move |(at, c)| {
        let first = match before.replace(c) {
            None => true,
            Some(b) => matches!(b, '_' | '-' | '.' | ':') || b.is_lowercase() && c.is_uppercase(),
        };
        first.then_some(at)
    })
}

/// True where the document begins with an element of HTML.
pub fn is_html(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "head"
            | "body"
            | "div"
            | "p"
            | "table"
            | "tr"
            | "td"
            | "ul"
            | "ol"
            | "li"
            | "h1"
            | "h2"
            | "h3"
            | "br"
            | "meta"
            | "title"
            | "script"
            | "style"
            | "form"
            | "section"
            | "article"
            | "center"
            | "hr"
            | "img"
            | "pre"
            | "nav"
            | "main"
            | "header"
            | "footer"
            | "link"
    ) || is_inline(name)
}
