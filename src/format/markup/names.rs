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
