-- phpMyAdmin SQL Dump
SET NAMES cp1251;
CREATE TABLE `clients` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `fio` varchar(40) DEFAULT NULL,
  `iin` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `iin` (`iin`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `clients` (`id`, `fio`, `iin`) VALUES
(1, 'Пробников ''Иван''', 990101300124),
(2, 'Образцова', 850615400127);
