-- V4_12__add_person_columns.sql
ALTER TABLE person ADD COLUMN iin varchar(12);
ALTER TABLE person ADD COLUMN id_card_no varchar(9);
ALTER TABLE person ADD COLUMN passport_no varchar(12);
ALTER TABLE person ADD CONSTRAINT iin_len CHECK (iin ~ '^[0-9]{12}$');
CREATE INDEX CONCURRENTLY ix_person_phone ON person (phone);
COMMENT ON COLUMN person.birth_date IS 'Дата рождения, формат ДД.ММ.ГГГГ';
INSERT INTO dict_region (code, name_ru, name_kz) VALUES (75, 'г. Алматы', 'Алматы қаласы'), (71, 'г. Астана', 'Астана қаласы'), (39, 'Костанайская область', 'Қостанай облысы');
INSERT INTO dict_doc (code, name) VALUES ('002', 'Удостоверение личности'), ('001', 'Паспорт'), ('003', 'Вид на жительство');
UPDATE schema_version SET checksum = -1207718842, installed_on = '2023-06-14 11:20:07.441207' WHERE version = '4.12';
