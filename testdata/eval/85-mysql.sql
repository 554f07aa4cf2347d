-- MySQL dump 10.13  Distrib 8.0.36
DROP TABLE IF EXISTS `borrowers`;
CREATE TABLE `borrowers` (`id` int NOT NULL AUTO_INCREMENT,`lname` varchar(64),`fname` varchar(64),`iin` varchar(12),`doc_number` varchar(16),`doc_date` date,`bdate` date,`phone_mob` varchar(20),`card_no` varchar(19),`addr_fact` text, `contract` varchar(20));
INSERT INTO `borrowers` VALUES (1,'Оспанов','Айдос','730518297173','040000106','2018-02-03','1989-04-05','+77759029048','4400216251045704','Алматы, мкр Таугуль-1, 45, кв.12','KZ-000123'),(2,'Черных','Анна','920207117277','030000173','2015-12-23','1972-10-15','8-701-098-87-13',NULL,'Алматинская обл., Илийский р-н, с. Отеген батыра, ул. Титова 4','KZ-000124');
