/*!40101 SET NAMES binary*/;
INSERT INTO `clients` VALUES(1,"Пробников \"И\"",990101300124),
(2,"Образцова",850615400127);
