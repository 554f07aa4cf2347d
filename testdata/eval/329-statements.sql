UPDATE abon SET saldo = 0 WHERE ls = '7710044';
UPDATE cars SET gosnomer = '112 SNG 07' WHERE id = 3;
UPDATE addr SET p_index = '070006' WHERE client = 3311;
UPDATE cpe SET mac = 'E8DE27A4500F' WHERE dogovor = 'ID-118811';
EXEC [dbo].[sp_DobVoditel] @PolisID = 88111, @VU = N'HC115088', @Klass = 3;
CREATE USER report IDENTIFIED BY 'r3p0rt_Orda#8';
ALTER ROLE app WITH PASSWORD 'Qazna_9955x';
INSERT INTO t2_voin (tabn, seria, nomer) VALUES (118, 'АЕ', '0551811');
SELECT * FROM orders WHERE nomer = '0551811';
