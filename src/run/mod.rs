//! Scan and anonymize from end to end.
