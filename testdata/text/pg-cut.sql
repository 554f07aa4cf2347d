-- PostgreSQL database dump
CREATE TABLE public.clients (
    id bigint NOT NULL,
    fio character varying(40),
    iin character(12),
    born date,
    CONSTRAINT iin_length CHECK ((length(iin) = 12))
);
COPY public.clients (id, fio, iin) FROM stdin;
1	Пробников	990101300124
2	Обр