//! Statistical disclosure control: measures and enforces k-anonymity, l-diversity and t-closeness on tables.
