--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.clients (
    id bigint NOT NULL,
    fio character varying(40),
    iin character(12),
    born date,
    CONSTRAINT iin_length CHECK ((length(iin) = 12))
);

COPY public.clients (id, fio, iin, born) FROM stdin;
1	Пробников Иван	990101300124	1999-01-01
2	Образцова\tАнна	850615400127	\N
\.

ALTER TABLE ONLY public.clients ADD CONSTRAINT clients_pkey PRIMARY KEY (id);
