-- MySQL dump 10.13  Distrib 8.0.36
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `clients` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `fio` varchar(40) DEFAULT NULL,
  `iin` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `iin` (`iin`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `clients` VALUES (1,'Пробников \'Иван\'',990101300124),(2,'Образцова\nАнна',850615400127),(3,NULL,NULL);
