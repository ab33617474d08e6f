//! Canned responses as files: tables (CSV) and lists (JSON). What is given out can be taken
//! in again.

use crate::{
    error::{Error, Result},
    orders::{
        formula,
        import::{encoding, separator},
    },
};
use domain::{
    Invalid,
    canned::{CannedDraft, CannedResponse, OWN_MAX, SHARED_MAX},
    order_import::FileFault,
};
use serde::Deserialize;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CannedFormat {
    /// A table.
    Csv,
    /// A list.
    Json,
}

/// Tells spreadsheets that the file is UTF-8.
const MARK: &str = "\u{FEFF}";
/// The columns, each with the names that other programs give it.
const COLUMNS: [(&str, &[&str]); 5] = [
    ("keyword", &["short_code", "shortcut", "shortcode"]),
    ("title", &["name", "subject"]),
    ("text", &["content", "message", "body"]),
    ("category", &["folder"]),
    ("mine", &[]),
];

/// What a row says.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    keyword: String,
    title: String,
    text: String,
    category: Option<String>,
    mine: Option<bool>,
}

/// The rows of a file, each with its number, and with what is wrong with it if it can't be
/// read.
pub(super) type Rows = Vec<(u64, Result<Row, Invalid>)>;

impl Row {
    /// What it asks for. Where it doesn't say whose it is, it is the person's own if `mine`.
    pub fn draft(self, mine: bool) -> Result<CannedDraft, Invalid> {
        let title = if self.title.trim().is_empty() {
            self.keyword.clone()
        } else {
            self.title
        };
        let draft = CannedDraft {
            keyword: self.keyword,
            title,
            text: self.text,
            category: self.category,
            mine: self.mine.unwrap_or(mine),
        };
        draft.checked()
    }
}

/// Reads a file.
///
/// # Errors
/// [`Invalid`] for `file` if it is none that can be read.
pub(super) fn rows(file: Vec<u8>) -> Result<Rows, Invalid> {
    let text = encoding::text_of(file)?;
    let is_list = text.trim_start().starts_with(['[', '{']);
    let rows = if is_list { list(&text)? } else { table(&text)? };
    let most = usize::try_from(SHARED_MAX + OWN_MAX).unwrap_or_default();
    if rows.len() > most {
        let words =
            format!("This file has more than {most} responses, which is more than there can be.");
        return Err(Invalid::new("file", words));
    }
    Ok(rows)
}

fn list(text: &str) -> Result<Rows, Invalid> {
    let items: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            Invalid::new("file", "There is no list of canned responses in this file.")
        } else {
            FileFault::Json {
                line: error.line(),
                column: error.column(),
            }
            .into()
        }
    })?;
    let row = |item| {
        serde_json::from_value(item).map_err(|_| {
            Invalid::new(
                "row",
                "This is no canned response with its keyword and text.",
            )
        })
    };
    Ok((1..).zip(items.into_iter().map(row)).collect())
}

fn table(text: &str) -> Result<Rows, Invalid> {
    let (separator, table) = separator::separator_of(text);
    let skipped = if table.len() < text.len() { 1 } else { 0 };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(table.as_bytes());
    let unreadable = |_| {
        Invalid::new(
            "file",
            "This table can't be read. Please save it as CSV once more.",
        )
    };
    let header = reader.headers().map_err(unreadable)?.clone();
    let place = |(name, others): (&str, &[&str])| {
        header.iter().position(|cell| {
            let cell = cell.trim().to_lowercase();
            cell == name || others.contains(&cell.as_str())
        })
    };
    let places = COLUMNS.map(place);
    for at in [0, 2] {
        if places[at].is_none() {
            let words = format!("There is no column “{}” in this file.", COLUMNS[at].0);
            return Err(Invalid::new("file", words));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line) + skipped;
        let cell = |at: usize| {
            let cell = places[at].and_then(|place| record.get(place));
            formula::unmarked(cell.unwrap_or_default()).to_owned()
        };
        let mine = yes_or_no(&cell(4));
        rows.push((
            line,
            mine.map(|mine| Row {
                keyword: cell(0),
                title: cell(1),
                text: cell(2),
                category: Some(cell(3)),
                mine,
            }),
        ));
    }
    Ok(rows)
}

fn yes_or_no(cell: &str) -> Result<Option<bool>, Invalid> {
    match cell.trim().to_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "1" => Ok(Some(true)),
        "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(Invalid::new("mine", "This is “yes”, “no” or nothing.")),
    }
}

/// Responses as a file.
///
/// # Errors
/// None that memory doesn't have.
pub(super) fn written(responses: &[CannedResponse], format: CannedFormat) -> Result<Vec<u8>> {
    match format {
        CannedFormat::Json => {
            let drafts: Vec<_> = responses.iter().map(CannedResponse::draft).collect();
            serde_json::to_vec_pretty(&drafts).map_err(failed)
        }
        CannedFormat::Csv => {
            let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
            let header = COLUMNS.map(|(name, _)| name);
            writer.write_record(header).map_err(failed)?;
            for response in responses {
                let mine = if response.mine { "yes" } else { "no" };
                let category = response.category.as_deref().unwrap_or_default();
                let cells = [
                    &*response.keyword,
                    &response.title,
                    &response.text,
                    category,
                    mine,
                ];
                writer
                    .write_record(cells.map(formula::marked))
                    .map_err(failed)?;
            }
            writer.into_inner().map_err(failed)
        }
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("writing a file: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::CannedResponseId;
    use proptest::prelude::*;

    fn read(file: &str) -> Rows {
        rows(file.as_bytes().to_vec()).expect("a file")
    }

    fn refused(file: &str) -> Invalid {
        rows(file.as_bytes().to_vec()).expect_err(file)
    }

    #[test]
    fn a_table_is_read_whatever_separates_it_and_whatever_its_columns_are_called() {
        for file in [
            "keyword,title,text\nrefund,Refund,Soon.\n",
            "Text;Keyword;Title\r\nSoon.;refund;Refund\r\n",
            "\u{FEFF}short_code\tcontent\tname\textra\nrefund\tSoon.\tRefund\tx\n",
            "sep=;\nkeyword;title;text\nrefund;Refund;Soon.\n",
        ] {
            let rows = read(file);
            let row = rows[0].1.as_ref().expect("a row");
            let texts = (&*row.keyword, &*row.title, &*row.text, row.mine);
            assert_eq!(texts, ("refund", "Refund", "Soon.", None), "{file:?}");
        }
    }

    #[test]
    fn a_row_is_named_by_its_line() {
        let rows = read("keyword,text,mine\none,\"Two\nlines\",yes\ntwo,Hm,maybe\n");
        assert_eq!(rows[0].0, 2);
        assert_eq!(rows[0].1.as_ref().expect("a row").mine, Some(true));
        let (line, wrong) = &rows[1];
        assert_eq!(
            (*line, &*wrong.as_ref().expect_err("maybe").field),
            (4, "mine")
        );
        let skipped = read("sep=;\nkeyword;text\none;Hm\n");
        assert_eq!(skipped[0].0, 3);
    }

    #[test]
    fn an_item_that_is_no_response_is_one_wrong_row() {
        let rows = read(r#"[{"keyword":"a","text":"A"},7,{"keyword":1}]"#);
        let wrong: Vec<_> = rows.iter().filter(|(_, row)| row.is_err()).collect();
        assert_eq!((rows.len(), wrong.len(), wrong[0].0), (3, 2, 2));
    }

    #[test]
    fn a_title_that_is_missing_is_the_keyword() {
        let (_, row) = read("keyword,text\nrefund,Soon.\n").remove(0);
        let draft = row.and_then(|row| row.draft(true)).expect("a draft");
        assert_eq!((draft.title.as_str(), draft.mine), ("refund", true));
    }

    #[test]
    fn what_is_no_file_of_responses_is_refused_with_a_reason() {
        let many = "x,y\n".repeat(701);
        for (file, reason) in [
            ("", "nothing"),
            ("PK\u{3}\u{4}x", "workbook"),
            ("title,text\nRefund,Soon.\n", "“keyword”"),
            ("keyword,title\nrefund,Refund\n", "“text”"),
            ("{\"keyword\":\"a\"}", "no list"),
            ("[{\"keyword\":", "line 1"),
            (&format!("keyword,text\n{many}"), "more than 700"),
        ] {
            let refused = refused(file);
            assert_eq!(refused.field, "file");
            assert!(refused.message.contains(reason), "{file:?}: {refused}");
        }
    }

    #[test]
    fn no_cell_of_a_table_is_a_formula() {
        let table = written(&[response("=1+1", "@x")], CannedFormat::Csv).expect("a table");
        let table = String::from_utf8(table).expect("text");
        assert!(table.contains("'=1+1") && table.contains("'@x"), "{table}");
    }

    fn response(title: &str, text: &str) -> CannedResponse {
        CannedResponse {
            id: CannedResponseId::generate(),
            keyword: "refund".into(),
            title: title.into(),
            text: text.into(),
            category: Some("Returns".into()),
            mine: true,
            uses: 3,
            last_used_at: None,
            updated_at: 1,
        }
    }

    proptest! {
        #[test]
        fn what_is_given_out_is_taken_in_as_it_was(
            title in "[=+@'\"a-z,; ]{0,9}[a-z]",
            text in "[=+@'\"a-z,;{}é\n\t ]{0,40}[a-z]",
            is_table: bool,
        ) {
            let format = if is_table { CannedFormat::Csv } else { CannedFormat::Json };
            let given = response(title.trim(), text.trim());
            let file = written(std::slice::from_ref(&given), format).expect("a file");
            let (_, row) = rows(file).expect("rows").remove(0);
            prop_assert_eq!(row.and_then(|row| row.draft(false)), Ok(given.draft()));
        }

        #[test]
        fn any_bytes_can_be_looked_at(file in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = rows(file);
        }
    }
}
