CREATE TABLE `borrowers` (`id` int NOT NULL AUTO_INCREMENT, `fio` varchar(255), `iin_borrower` char(12), `bday` date, `addr_reg` text, `contract_no` varchar(20), `card_mask` varchar(19), `email` varchar(64));
INSERT INTO `borrowers` VALUES (1,'Утегенов Руслан Маратович','860215302995','1986-02-15','г. Актобе, пр. Санкибай батыра 72 кв 19','ДЗ-2023/0087112','6234 04** **** 6134','rus.uteg@bk.example.kz'),
(2,'Бондаренко Ирина','790808415674','1979-08-08','Актюбинская обл., Хромтау, ул. Мира, 4','ДЗ-2023/0087113',NULL,'irbond@mail.example.kz'),
(3,'Қалдыбек Нұрсұлтан Ерланұлы','000131566612','2000-01-31','Ақтөбе қ., 12 ш/а, 40 үй, 8 п','ДЗ-2023/0087114','5522 41** **** 0997',NULL);
