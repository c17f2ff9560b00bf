-- A database of 0.1.0 as its pg_dump wrote it (--no-owner): pipelines that ran and failed, days told late, refused rows, an archive, a
-- stream of rows that is open, and a backfill of role night_operator whose first step was under way.
--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA ai;

COMMENT ON SCHEMA ai IS 'Data tables of DFA';

CREATE SCHEMA backup;

CREATE SCHEMA dfa;

COMMENT ON SCHEMA dfa IS 'DFA: catalogs, watermarks, parameters, tasks, logs, and the functions that run pipelines';

CREATE EXTENSION IF NOT EXISTS dfa WITH SCHEMA dfa;

COMMENT ON EXTENSION dfa IS 'Data pipelines that run inside PostgreSQL';

CREATE FUNCTION ai.func_double(n integer) RETURNS integer
    LANGUAGE sql
    RETURN (n * 2);

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE ai.ai_broken (
    day date NOT NULL
);

CREATE TABLE ai.ai_day (
    day date NOT NULL,
    amount numeric(14,2),
    sales bigint
);

CREATE TABLE ai.ai_month (
    month date NOT NULL,
    amount numeric(14,2)
)
PARTITION BY RANGE (month);

CREATE TABLE ai.ai_month_default (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_04 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_05 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_06 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_07 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_08 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_09 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_10 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_11 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2021_12 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE TABLE ai.ai_month_p2022_01 (
    month date NOT NULL,
    amount numeric(14,2)
);

CREATE VIEW ai.ctr_data_logging AS
 SELECT data_logging.table_name,
    data_logging.data_date,
    data_logging.update_date,
    data_logging.run_date,
    data_logging.row_record,
    data_logging.process_time,
    data_logging.action_type,
    data_logging.status
   FROM dfa.data_logging;

COMMENT ON VIEW ai.ctr_data_logging IS 'Updatable view of dfa.data_logging';

CREATE VIEW ai.ctr_data_parameter AS
 SELECT data_parameter.module_type,
    data_parameter.parameter_name,
    data_parameter.parameter_type,
    data_parameter.parameter_value,
    data_parameter.update_date,
    data_parameter.active_flg
   FROM dfa.data_parameter;

COMMENT ON VIEW ai.ctr_data_parameter IS 'Updatable view of dfa.data_parameter';

CREATE VIEW ai.ctr_data_pipeline AS
 SELECT data_pipeline.system_type,
    data_pipeline.table_name,
    data_pipeline.table_type,
    data_pipeline.data_date,
    data_pipeline.update_date,
    data_pipeline.run_date,
    data_pipeline.run_type,
    data_pipeline.run_count_now,
    data_pipeline.run_count_max,
    data_pipeline.rtt_value,
    data_pipeline.rtt_column,
    data_pipeline.active_flg
   FROM dfa.data_pipeline;

COMMENT ON VIEW ai.ctr_data_pipeline IS 'Updatable view of dfa.data_pipeline';

CREATE VIEW ai.ctr_task_process AS
 SELECT task_process.process_id,
    task_process.process_type,
    task_process.process_name_put,
    task_process.process_name_get,
    task_process.run_date_put,
    task_process.run_date_get,
    task_process.update_date,
    task_process.process_message,
    task_process.process_time,
    task_process.process_number_put,
    task_process.process_number_get,
    task_process.process_module,
    task_process.status
   FROM dfa.task_process;

COMMENT ON VIEW ai.ctr_task_process IS 'Updatable view of dfa.task_process';

CREATE VIEW ai.ctr_task_schedule AS
 SELECT task_schedule.pipeline_id,
    task_schedule.pipeline_name,
    task_schedule.pipeline_type,
    task_schedule.tracking,
    task_schedule.update_date,
    task_schedule.active_flg
   FROM dfa.task_schedule;

COMMENT ON VIEW ai.ctr_task_schedule IS 'Updatable view of dfa.task_schedule';

CREATE TABLE ai.imp_target (
    shop character varying(10) NOT NULL,
    day date NOT NULL,
    target integer,
    update_date timestamp without time zone
);

CREATE TABLE ai.src_sale (
    id integer NOT NULL,
    day date NOT NULL,
    amount numeric(12,2),
    state character varying(10) DEFAULT 'new'::character varying,
    CONSTRAINT src_sale_state_check CHECK (((state)::text = ANY ((ARRAY['new'::character varying, 'old'::character varying])::text[])))
);

CREATE VIEW ai.vw_sale AS
 SELECT src_sale.day,
    src_sale.amount
   FROM ai.src_sale;

CREATE TABLE backup.ai_month_bk (
    month date NOT NULL,
    amount numeric(14,2)
);

COMMENT ON TABLE backup.ai_month_bk IS 'Copy of ai.ai_month, made by dfa.run_retention';

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_default DEFAULT;

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_04 FOR VALUES FROM ('2021-04-01') TO ('2021-05-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_05 FOR VALUES FROM ('2021-05-01') TO ('2021-06-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_06 FOR VALUES FROM ('2021-06-01') TO ('2021-07-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_07 FOR VALUES FROM ('2021-07-01') TO ('2021-08-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_08 FOR VALUES FROM ('2021-08-01') TO ('2021-09-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_09 FOR VALUES FROM ('2021-09-01') TO ('2021-10-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_10 FOR VALUES FROM ('2021-10-01') TO ('2021-11-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_11 FOR VALUES FROM ('2021-11-01') TO ('2021-12-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2021_12 FOR VALUES FROM ('2021-12-01') TO ('2022-01-01');

ALTER TABLE ONLY ai.ai_month ATTACH PARTITION ai.ai_month_p2022_01 FOR VALUES FROM ('2022-01-01') TO ('2022-02-01');

--
-- Data for Name: ai_broken; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_broken (day) FROM stdin;
\.

--
-- Data for Name: ai_day; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_day (day, amount, sales) FROM stdin;
2021-01-02	6050.00	5
2021-01-03	6100.00	5
2021-01-04	6150.00	5
2021-01-05	6200.00	5
2021-01-06	6250.00	5
2021-01-07	6300.00	5
2021-01-08	6350.00	5
2021-01-09	6400.00	5
2021-01-10	6450.00	5
2021-01-11	6500.00	5
2021-01-12	6550.00	5
2021-01-13	6600.00	5
2021-01-14	6650.00	5
2021-01-15	6700.00	5
2021-01-16	6750.00	5
2021-01-17	6800.00	5
2021-01-18	6850.00	5
2021-01-19	6900.00	5
2021-01-20	6950.00	5
2021-01-21	7000.00	5
2021-01-22	7050.00	5
2021-01-23	7100.00	5
2021-01-24	7150.00	5
2021-01-25	7200.00	5
\.

--
-- Data for Name: ai_month_default; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_default (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_04; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_04 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_05; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_05 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_06; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_06 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_07; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_07 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_08; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_08 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_09; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_09 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_10; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_10 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_11; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_11 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2021_12; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2021_12 (month, amount) FROM stdin;
\.

--
-- Data for Name: ai_month_p2022_01; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.ai_month_p2022_01 (month, amount) FROM stdin;
\.

--
-- Data for Name: imp_target; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.imp_target (shop, day, target, update_date) FROM stdin;
a	2021-01-01	5	2026-11-26 06:44:29.602044
c	2021-01-02	7	2026-11-26 06:44:29.616754
\.

--
-- Data for Name: src_sale; Type: TABLE DATA; Schema: ai; Owner: -
--

COPY ai.src_sale (id, day, amount, state) FROM stdin;
1	2021-01-02	1.00	new
2	2021-01-03	2.00	new
3	2021-01-04	3.00	new
4	2021-01-05	4.00	new
5	2021-01-06	5.00	new
6	2021-01-07	6.00	new
7	2021-01-08	7.00	new
8	2021-01-09	8.00	new
9	2021-01-10	9.00	new
10	2021-01-11	10.00	new
11	2021-01-12	11.00	new
12	2021-01-13	12.00	new
13	2021-01-14	13.00	new
14	2021-01-15	14.00	new
15	2021-01-16	15.00	new
16	2021-01-17	16.00	new
17	2021-01-18	17.00	new
18	2021-01-19	18.00	new
19	2021-01-20	19.00	new
20	2021-01-21	20.00	new
21	2021-01-22	21.00	new
22	2021-01-23	22.00	new
23	2021-01-24	23.00	new
24	2021-01-25	24.00	new
25	2021-01-26	25.00	new
26	2021-01-27	26.00	new
27	2021-01-28	27.00	new
28	2021-01-29	28.00	new
29	2021-01-30	29.00	new
30	2021-01-31	30.00	new
31	2021-02-01	31.00	new
32	2021-02-02	32.00	new
33	2021-02-03	33.00	new
34	2021-02-04	34.00	new
35	2021-02-05	35.00	new
36	2021-02-06	36.00	new
37	2021-02-07	37.00	new
38	2021-02-08	38.00	new
39	2021-02-09	39.00	new
40	2021-02-10	40.00	new
41	2021-02-11	41.00	new
42	2021-02-12	42.00	new
43	2021-02-13	43.00	new
44	2021-02-14	44.00	new
45	2021-02-15	45.00	new
46	2021-02-16	46.00	new
47	2021-02-17	47.00	new
48	2021-02-18	48.00	new
49	2021-02-19	49.00	new
50	2021-02-20	50.00	new
51	2021-02-21	51.00	new
52	2021-02-22	52.00	new
53	2021-02-23	53.00	new
54	2021-02-24	54.00	new
55	2021-02-25	55.00	new
56	2021-02-26	56.00	new
57	2021-02-27	57.00	new
58	2021-02-28	58.00	new
59	2021-03-01	59.00	new
60	2021-01-01	60.00	new
61	2021-01-02	61.00	new
62	2021-01-03	62.00	new
63	2021-01-04	63.00	new
64	2021-01-05	64.00	new
65	2021-01-06	65.00	new
66	2021-01-07	66.00	new
67	2021-01-08	67.00	new
68	2021-01-09	68.00	new
69	2021-01-10	69.00	new
70	2021-01-11	70.00	new
71	2021-01-12	71.00	new
72	2021-01-13	72.00	new
73	2021-01-14	73.00	new
74	2021-01-15	74.00	new
75	2021-01-16	75.00	new
76	2021-01-17	76.00	new
77	2021-01-18	77.00	new
78	2021-01-19	78.00	new
79	2021-01-20	79.00	new
80	2021-01-21	80.00	new
81	2021-01-22	81.00	new
82	2021-01-23	82.00	new
83	2021-01-24	83.00	new
84	2021-01-25	84.00	new
85	2021-01-26	85.00	new
86	2021-01-27	86.00	new
87	2021-01-28	87.00	new
88	2021-01-29	88.00	new
89	2021-01-30	89.00	new
90	2021-01-31	90.00	new
91	2021-02-01	91.00	new
92	2021-02-02	92.00	new
93	2021-02-03	93.00	new
94	2021-02-04	94.00	new
95	2021-02-05	95.00	new
96	2021-02-06	96.00	new
97	2021-02-07	97.00	new
98	2021-02-08	98.00	new
99	2021-02-09	99.00	new
100	2021-02-10	100.00	new
101	2021-02-11	101.00	new
102	2021-02-12	102.00	new
103	2021-02-13	103.00	new
104	2021-02-14	104.00	new
105	2021-02-15	105.00	new
106	2021-02-16	106.00	new
107	2021-02-17	107.00	new
108	2021-02-18	108.00	new
109	2021-02-19	109.00	new
110	2021-02-20	110.00	new
111	2021-02-21	111.00	new
112	2021-02-22	112.00	new
113	2021-02-23	113.00	new
114	2021-02-24	114.00	new
115	2021-02-25	115.00	new
116	2021-02-26	116.00	new
117	2021-02-27	117.00	new
118	2021-02-28	118.00	new
119	2021-03-01	119.00	new
120	2021-01-01	120.00	new
121	2021-01-02	121.00	new
122	2021-01-03	122.00	new
123	2021-01-04	123.00	new
124	2021-01-05	124.00	new
125	2021-01-06	125.00	new
126	2021-01-07	126.00	new
127	2021-01-08	127.00	new
128	2021-01-09	128.00	new
129	2021-01-10	129.00	new
130	2021-01-11	130.00	new
131	2021-01-12	131.00	new
132	2021-01-13	132.00	new
133	2021-01-14	133.00	new
134	2021-01-15	134.00	new
135	2021-01-16	135.00	new
136	2021-01-17	136.00	new
137	2021-01-18	137.00	new
138	2021-01-19	138.00	new
139	2021-01-20	139.00	new
140	2021-01-21	140.00	new
141	2021-01-22	141.00	new
142	2021-01-23	142.00	new
143	2021-01-24	143.00	new
144	2021-01-25	144.00	new
145	2021-01-26	145.00	new
146	2021-01-27	146.00	new
147	2021-01-28	147.00	new
148	2021-01-29	148.00	new
149	2021-01-30	149.00	new
150	2021-01-31	150.00	new
151	2021-02-01	151.00	new
152	2021-02-02	152.00	new
153	2021-02-03	153.00	new
154	2021-02-04	154.00	new
155	2021-02-05	155.00	new
156	2021-02-06	156.00	new
157	2021-02-07	157.00	new
158	2021-02-08	158.00	new
159	2021-02-09	159.00	new
160	2021-02-10	160.00	new
161	2021-02-11	161.00	new
162	2021-02-12	162.00	new
163	2021-02-13	163.00	new
164	2021-02-14	164.00	new
165	2021-02-15	165.00	new
166	2021-02-16	166.00	new
167	2021-02-17	167.00	new
168	2021-02-18	168.00	new
169	2021-02-19	169.00	new
170	2021-02-20	170.00	new
171	2021-02-21	171.00	new
172	2021-02-22	172.00	new
173	2021-02-23	173.00	new
174	2021-02-24	174.00	new
175	2021-02-25	175.00	new
176	2021-02-26	176.00	new
177	2021-02-27	177.00	new
178	2021-02-28	178.00	new
179	2021-03-01	179.00	new
180	2021-01-01	180.00	new
181	2021-01-02	181.00	new
182	2021-01-03	182.00	new
183	2021-01-04	183.00	new
184	2021-01-05	184.00	new
185	2021-01-06	185.00	new
186	2021-01-07	186.00	new
187	2021-01-08	187.00	new
188	2021-01-09	188.00	new
189	2021-01-10	189.00	new
190	2021-01-11	190.00	new
191	2021-01-12	191.00	new
192	2021-01-13	192.00	new
193	2021-01-14	193.00	new
194	2021-01-15	194.00	new
195	2021-01-16	195.00	new
196	2021-01-17	196.00	new
197	2021-01-18	197.00	new
198	2021-01-19	198.00	new
199	2021-01-20	199.00	new
200	2021-01-21	200.00	new
201	2021-01-22	201.00	new
202	2021-01-23	202.00	new
203	2021-01-24	203.00	new
204	2021-01-25	204.00	new
205	2021-01-26	205.00	new
206	2021-01-27	206.00	new
207	2021-01-28	207.00	new
208	2021-01-29	208.00	new
209	2021-01-30	209.00	new
210	2021-01-31	210.00	new
211	2021-02-01	211.00	new
212	2021-02-02	212.00	new
213	2021-02-03	213.00	new
214	2021-02-04	214.00	new
215	2021-02-05	215.00	new
216	2021-02-06	216.00	new
217	2021-02-07	217.00	new
218	2021-02-08	218.00	new
219	2021-02-09	219.00	new
220	2021-02-10	220.00	new
221	2021-02-11	221.00	new
222	2021-02-12	222.00	new
223	2021-02-13	223.00	new
224	2021-02-14	224.00	new
225	2021-02-15	225.00	new
226	2021-02-16	226.00	new
227	2021-02-17	227.00	new
228	2021-02-18	228.00	new
229	2021-02-19	229.00	new
230	2021-02-20	230.00	new
231	2021-02-21	231.00	new
232	2021-02-22	232.00	new
233	2021-02-23	233.00	new
234	2021-02-24	234.00	new
235	2021-02-25	235.00	new
236	2021-02-26	236.00	new
237	2021-02-27	237.00	new
238	2021-02-28	238.00	new
239	2021-03-01	239.00	new
240	2021-01-01	240.00	new
241	2021-01-02	241.00	new
242	2021-01-03	242.00	new
243	2021-01-04	243.00	new
244	2021-01-05	244.00	new
245	2021-01-06	245.00	new
246	2021-01-07	246.00	new
247	2021-01-08	247.00	new
248	2021-01-09	248.00	new
249	2021-01-10	249.00	new
250	2021-01-11	250.00	new
251	2021-01-12	251.00	new
252	2021-01-13	252.00	new
253	2021-01-14	253.00	new
254	2021-01-15	254.00	new
255	2021-01-16	255.00	new
256	2021-01-17	256.00	new
257	2021-01-18	257.00	new
258	2021-01-19	258.00	new
259	2021-01-20	259.00	new
260	2021-01-21	260.00	new
261	2021-01-22	261.00	new
262	2021-01-23	262.00	new
263	2021-01-24	263.00	new
264	2021-01-25	264.00	new
265	2021-01-26	265.00	new
266	2021-01-27	266.00	new
267	2021-01-28	267.00	new
268	2021-01-29	268.00	new
269	2021-01-30	269.00	new
270	2021-01-31	270.00	new
271	2021-02-01	271.00	new
272	2021-02-02	272.00	new
273	2021-02-03	273.00	new
274	2021-02-04	274.00	new
275	2021-02-05	275.00	new
276	2021-02-06	276.00	new
277	2021-02-07	277.00	new
278	2021-02-08	278.00	new
279	2021-02-09	279.00	new
280	2021-02-10	280.00	new
281	2021-02-11	281.00	new
282	2021-02-12	282.00	new
283	2021-02-13	283.00	new
284	2021-02-14	284.00	new
285	2021-02-15	285.00	new
286	2021-02-16	286.00	new
287	2021-02-17	287.00	new
288	2021-02-18	288.00	new
289	2021-02-19	289.00	new
290	2021-02-20	290.00	new
291	2021-02-21	291.00	new
292	2021-02-22	292.00	new
293	2021-02-23	293.00	new
294	2021-02-24	294.00	new
295	2021-02-25	295.00	new
296	2021-02-26	296.00	new
297	2021-02-27	297.00	new
298	2021-02-28	298.00	new
299	2021-03-01	299.00	new
300	2021-01-01	300.00	new
\.

--
-- Data for Name: ai_month_bk; Type: TABLE DATA; Schema: backup; Owner: -
--

COPY backup.ai_month_bk (month, amount) FROM stdin;
2021-01-01	282500.00
\.

--
-- Data for Name: catalog; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.catalog (id, kind, name, shortname, version, document, checksum, source, loaded_at, loaded_by, current, set_up_at) FROM stdin;
8	query	query_days	qd	1990-01-01	{"parameter":["since"],"statement":"select day, amount from {ai_schema_name}.ai_day where day >= '{since}'"}	bccc74b1905dfa9702643b821b5d9d1c	fixture.yaml	2026-11-26 06:44:29.316242+00	postgres	t	\N
9	pipeline	pipeline_nightly	pn	1990-01-01	{"id":"nightly","nodes":["ai_day","ai_month"],"schedule":"everyday_at_05_30"}	f9dc3361294dd0acd647df216fa3258f	fixture.yaml	2026-11-26 06:44:29.316247+00	postgres	t	\N
10	pipeline	pipeline_after	pa	1990-01-01	{"id":"after","nodes":["ai_broken"],"trigger":["nightly","shops"]}	c91ac82f82a1e2325fb4e3c17d56d3b9	fixture.yaml	2026-11-26 06:44:29.316252+00	postgres	t	\N
1	table	src_sale	ss	1990-01-01	{"create":{"features":{"id":"int not null","day":"date not null","amount":"numeric(12,2)","state":"varchar(10) default 'new' check (state in ('new', 'old'))"},"primary_key":["id"]}}	3be8c33bbda402a372c297c40aca7be7	fixture.yaml	2026-11-26 06:44:29.316029+00	postgres	t	2026-11-26 06:44:29.497102+00
2	table	ai_day	ad	2021-01-01	{"version":"2021-01-01","create":{"features":{"day":"date not null","amount":"numeric(14,2)","sales":"bigint"},"primary_key":["day"]},"retention":{"column":"day","months":0},"lookback":1,"update":{"fill":{"parameter":["run_date","data_date","factor"],"statement":"insert into {ai_schema_name}.ai_day select day, sum(amount) * {factor}, count(*) from {ai_schema_name}.vw_sale where day > date '{data_date}' and day <= date '{run_date}' group by day on conflict (day) do update set amount = excluded.amount, sales = excluded.sales"}}}	f9355d5ed7c1206cc2feec7886f2db69	fixture.yaml	2026-11-26 06:44:29.316198+00	postgres	t	2026-11-26 06:44:29.497129+00
3	table	ai_broken	ab	1990-01-01	{"create":{"features":{"day":"date not null"},"primary_key":["day"]},"retention":{"column":"day","months":0},"update":{"fill":{"parameter":["run_date"],"statement":"insert into {ai_schema_name}.ai_broken select date '{run_date}' where 1 / (select count(*) - count(*) from {ai_schema_name}.ai_day) = 0"}}}	ae22d8e7f226f09983117debca852f6d	fixture.yaml	2026-11-26 06:44:29.31621+00	postgres	t	2026-11-26 06:44:29.497133+00
4	table	ai_month	am	1990-01-01	{"create":{"features":{"month":"date not null","amount":"numeric(14,2)"},"primary_key":["month"],"partition_by_range":["month"]},"retention":{"column":"month","months":2},"run":{"type":"monthly"},"update":{"fill":{"parameter":["run_date","data_date"],"statement":"insert into {ai_schema_name}.ai_month select date_trunc('month', day)::date, sum(amount) from {ai_schema_name}.ai_day where day > date '{data_date}' and day <= date '{run_date}' group by 1 on conflict (month) do update set amount = ai_month.amount + excluded.amount"}}}	79c6e7dcb667c39efcd3a48ef67b10d2	fixture.yaml	2026-11-26 06:44:29.316218+00	postgres	t	2026-11-26 06:44:29.497135+00
5	table	imp_target	it	1990-01-01	{"create":{"features":{"shop":"varchar(10) not null","day":"date not null","target":"int","update_date":"timestamp"},"primary_key":["shop","day"]}}	48ab8b20ad899021d5b6adfa7c0d446b	fixture.yaml	2026-11-26 06:44:29.316224+00	postgres	t	2026-11-26 06:44:29.497137+00
6	view	vw_sale	vs	1990-01-01	{"create":"create view {ai_schema_name}.vw_sale as select day, amount from {ai_schema_name}.src_sale"}	b9aa989a3c9657bdebfc627495de0bda	fixture.yaml	2026-11-26 06:44:29.31623+00	postgres	t	2026-11-26 06:44:29.497139+00
7	function	func_double	fd	1990-01-01	{"create":"create or replace function {ai_schema_name}.func_double(n int) returns int language sql return n * 2"}	319e7a0083dcf02001c154cf06151ccb	fixture.yaml	2026-11-26 06:44:29.316237+00	postgres	t	2026-11-26 06:44:29.497141+00
\.

--
-- Data for Name: catalog_file; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.catalog_file (path, content, loaded_at, loaded_by) FROM stdin;
targets.json	[{"shop": "a", "target": 1}]	2026-11-26 06:44:29.504731+00	postgres
\.

--
-- Data for Name: data_interval; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.data_interval (table_name, interval_start, run_type, state, step_id, reason, updated_at) FROM stdin;
ai_day	2021-01-01	daily	done	1	\N	2026-11-26 06:44:29.530756+00
ai_day	2021-01-02	daily	done	1	\N	2026-11-26 06:44:29.530864+00
ai_day	2021-01-03	daily	done	1	\N	2026-11-26 06:44:29.530869+00
ai_day	2021-01-04	daily	done	1	\N	2026-11-26 06:44:29.530871+00
ai_day	2021-01-05	daily	done	1	\N	2026-11-26 06:44:29.530874+00
ai_day	2021-01-06	daily	done	1	\N	2026-11-26 06:44:29.530876+00
ai_day	2021-01-07	daily	done	1	\N	2026-11-26 06:44:29.530878+00
ai_day	2021-01-08	daily	done	1	\N	2026-11-26 06:44:29.53088+00
ai_day	2021-01-09	daily	done	1	\N	2026-11-26 06:44:29.530883+00
ai_day	2021-01-11	daily	done	1	\N	2026-11-26 06:44:29.530888+00
ai_day	2021-01-12	daily	done	1	\N	2026-11-26 06:44:29.53089+00
ai_day	2021-01-13	daily	done	1	\N	2026-11-26 06:44:29.530893+00
ai_day	2021-01-14	daily	done	1	\N	2026-11-26 06:44:29.530895+00
ai_day	2021-01-15	daily	done	1	\N	2026-11-26 06:44:29.530897+00
ai_day	2021-01-16	daily	done	1	\N	2026-11-26 06:44:29.530899+00
ai_day	2021-01-17	daily	done	1	\N	2026-11-26 06:44:29.530902+00
ai_day	2021-01-18	daily	done	1	\N	2026-11-26 06:44:29.530904+00
ai_day	2021-01-19	daily	done	1	\N	2026-11-26 06:44:29.530907+00
ai_day	2021-01-20	daily	done	4	\N	2026-11-26 06:44:29.584787+00
ai_day	2021-01-21	daily	done	4	\N	2026-11-26 06:44:29.584791+00
ai_day	2021-01-22	daily	done	4	\N	2026-11-26 06:44:29.584801+00
ai_day	2021-01-23	daily	done	4	\N	2026-11-26 06:44:29.584805+00
ai_day	2021-01-24	daily	done	4	\N	2026-11-26 06:44:29.584809+00
ai_day	2021-01-25	daily	done	4	\N	2026-11-26 06:44:29.584812+00
ai_day	2021-01-10	daily	stale	1	told late	2026-11-26 06:44:29.601402+00
ai_month	2021-01-01	monthly	stale	5	told late	2026-11-26 06:44:29.601497+00
\.

--
-- Data for Name: data_logging; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.data_logging (table_name, data_date, update_date, run_date, row_record, process_time, action_type, status, id, process_id, step_id, attempt_of, message, logged_by) FROM stdin;
ai_day	2021-01-20	2026-11-26 06:44:29.531855+00	2021-01-20	19	0.016	common	0	1	20261126064429512038000002	1	\N	Success: Running 'ai_day' in common mode with logging value (19 rows, 0 sec)	postgres
ai_month	2021-01-01	2026-11-26 06:44:29.557601+00	2021-01-20	1	0.025	common	0	2	20261126064429512038000002	2	\N	Success: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	postgres
ai_broken	2021-01-01	2026-11-26 06:44:29.561422+00	2021-01-20	0	0.001	common	1	3	20261126064429559582000003	3	\N	Error: division by zero	postgres
ai_day	2021-01-25	2026-11-26 06:44:29.585163+00	2021-01-25	5	0.010	common	0	4	20261126064429573161000004	4	\N	Success: Running 'ai_day' in common mode with logging value (5 rows, 0 sec)	postgres
ai_month	2021-01-01	2026-11-26 06:44:29.589753+00	2021-01-25	1	0.004	common	0	5	20261126064429573161000004	5	\N	Success: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	postgres
imp_target	2021-01-01	2026-11-26 06:44:29.613638+00	2026-11-26	1	0.011	ingestion	0	6	20261126064429613087000005	\N	\N	Success: Load data to 'imp_target' with logging value (success 1 row, failed 1 row, 0 sec)	postgres
ai_month	2021-01-01	2026-11-26 06:44:29.688894+00	2021-06-01	1	0.026	backup	0	7	20261126064429661677000008	\N	\N	Success: Retention 'ai_month' with logging value (1 row before 2021-04-01, 0 sec)\n15 partitions went as a whole\nSuccess: Backup 'ai_month' to 'backup.ai_month_bk' with logging value (1 row)	postgres
ai_month	2021-01-01	2026-11-26 06:44:29.688959+00	2021-06-01	1	0.027	retention	0	8	20261126064429661677000008	\N	\N	Success: Retention 'ai_month' with logging value (1 row before 2021-04-01, 0 sec)\n15 partitions went as a whole\nSuccess: Backup 'ai_month' to 'backup.ai_month_bk' with logging value (1 row)	postgres
ai_broken	2021-01-01	2026-11-26 06:44:29.723062+00	2026-11-26	0	0.020	common	1	9	20261126064429634465000007	6	\N	Error: division by zero	postgres
\.

--
-- Data for Name: data_parameter; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.data_parameter (module_type, parameter_name, parameter_type, parameter_value, update_date, active_flg) FROM stdin;
framework	factor	int	10	2026-11-26 06:44:29.498588+00	Y
\.

--
-- Data for Name: data_pipeline; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.data_pipeline (system_type, table_name, table_type, data_date, update_date, run_date, run_type, run_count_now, run_count_max, rtt_value, rtt_column, active_flg) FROM stdin;
external	src_sale	undefined	2021-01-01	2026-11-26 06:44:29.407633+00	2021-01-01	daily	0	0	0	\N	Y
external	imp_target	undefined	2021-01-01	2026-11-26 06:44:29.416649+00	2021-01-01	daily	0	0	0	\N	Y
internal	ai_broken	undefined	2021-01-01	2026-11-26 06:44:29.42136+00	2021-01-01	daily	0	0	0	day	Y
internal	ai_day	undefined	2021-01-25	2026-11-26 06:44:29.576324+00	2021-01-25	daily	0	0	0	day	Y
internal	ai_month	undefined	2021-01-01	2026-11-26 06:44:29.58905+00	2021-01-25	monthly	0	0	2	month	Y
\.

--
-- Data for Name: idempotent_request; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.idempotent_request (caller, key, request, fingerprint, status, answer, created_at, answered_at) FROM stdin;
key:1	k1	PUT /x	f	200	{"process_id": "20261126064429616827000006"}	2026-11-26 06:44:29.653216+00	2026-11-26 06:44:29.660586+00
key:1	k2	PUT /x	f	\N	\N	2026-11-26 06:44:29.660923+00	\N
\.

--
-- Data for Name: task_process; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.task_process (process_id, process_type, process_name_put, process_name_get, run_date_put, run_date_get, update_date, process_message, process_time, process_number_put, process_number_get, process_module, status, process_by, run_as, run_mode, parameters, priority, created_at, finished_at, cancelled_at, application_name, backend_pid) FROM stdin;
20261126064429497474000001	foreground|table	all	all	\N	\N	2026-11-26 06:44:29.49752+00	Success: Setup 'all'	0.105	7	7	framework|setup	0	postgres	postgres	common	\N	99	2026-11-26 06:44:29.497524+00	2026-11-26 06:44:29.497524+00	\N	psql	1721
20261126064429512038000002	foreground|pipeline	pipeline_nightly	pipeline_nightly	2021-01-20	2021-01-20	2026-11-26 06:44:29.558425+00	[ run_date: 2021-01-20 ]\nSuccess: Running 'ai_day' in common mode with logging value (19 rows, 0 sec)\nSuccess: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	0.046	2	2	framework|data	0	postgres	postgres	common	{"auto_create":false,"choose":null}	99	2026-11-26 06:44:29.512052+00	2026-11-26 06:44:29.558428+00	\N	psql	1721
20261126064429559582000003	foreground|pipeline	pipeline_after	pipeline_after	2021-01-20	\N	2026-11-26 06:44:29.561697+00	[ run_date: 2021-01-20 ]\nError: division by zero	0.002	1	0	framework|data	1	postgres	postgres	common	{"auto_create":false,"choose":null}	99	2026-11-26 06:44:29.559595+00	2026-11-26 06:44:29.561699+00	\N	psql	1721
20261126064429573161000004	foreground|pipeline	pipeline_nightly	pipeline_nightly	2021-01-25	2021-01-25	2026-11-26 06:44:29.59036+00	[ run_date: 2021-01-25 ]\nSuccess: Running 'ai_day' in common mode with logging value (5 rows, 0 sec)\nSuccess: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	0.017	2	2	framework|data	0	postgres	postgres	common	{"auto_create":false,"choose":null}	99	2026-11-26 06:44:29.573177+00	2026-11-26 06:44:29.590363+00	\N	psql	1721
20261126064429613087000005	foreground|table	imp_target	imp_target	2026-11-26	2026-11-26	2026-11-26 06:44:29.613756+00	Success: Load data to 'imp_target' with logging value (success 1 row, failed 1 row, 0 sec)	0.001	1	1	data|ingestion	0	postgres	postgres	common	{"table":"imp_target","action":"insert","merge":false,"update_date":"2026-11-26 06:44:29.602044+00","run_date":"2026-11-26","skip":true,"background":false}	99	2026-11-26 06:44:29.613101+00	2026-11-26 06:44:29.613758+00	\N	psql	1721
20261126064429616827000006	foreground|table	imp_target	\N	2026-11-26	\N	2026-11-26 06:44:29.616833+00	\N	0.000	1	0	data|ingestion	2	postgres	postgres	common	{"table":"imp_target","action":"insert","merge":false,"update_date":"2026-11-26 06:44:29.616754+00","run_date":"2026-11-26","skip":false,"background":false}	99	2026-11-26 06:44:29.616834+00	\N	\N	psql	1721
20261126064429661677000008	foreground|table	ai_month	ai_month	2021-06-01	2021-06-01	2026-11-26 06:44:29.689075+00	[ run_date: 2021-06-01 ]\nSuccess: Retention 'ai_month' with logging value (1 row before 2021-04-01, 0 sec)\n15 partitions went as a whole\nSuccess: Backup 'ai_month' to 'backup.ai_month_bk' with logging value (1 row)	0.027	1	1	framework|retention	0	postgres	postgres	common	{"backup_table":"Y","backup_schema":"backup"}	99	2026-11-26 06:44:29.661692+00	2026-11-26 06:44:29.689078+00	\N	psql	1721
20261126064429634465000007	background|pipeline	pipeline_after	pipeline_after	2026-11-26	\N	2026-11-26 06:44:29.724076+00	[ run_date: 2026-11-26 ]\nError: division by zero	0.090	1	0	framework|data	1	postgres	postgres	common	{"started_by":"trigger nightly, shops"}	99	2026-11-26 06:44:29.634482+00	2026-11-26 06:44:29.72408+00	\N	psql	1721
20261126064445590392000009	background|pipeline	pipeline_nightly	pipeline_nightly	2021-01-26..2021-01-30	\N	2026-11-26 06:44:45.590512+00	Start running 'pipeline_nightly' ...	0.000	5	0	framework|data	2	night_operator	night_operator	auto	{"backfill":{"from":"2021-01-26","to":"2021-01-30"},"choose":null,"only_gaps":false,"downstream":false}	99	2026-11-26 06:44:45.590513+00	\N	\N	psql	2393
\.

--
-- Data for Name: ingest_chunk; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.ingest_chunk (process_id, chunk, checksum, success_rows, failed_rows, notes, taken_at) FROM stdin;
20261126064429616827000006	1	cf79a9e97804afe37fafb992d3645e32	1	0	{}	2026-11-26 06:44:29.620889+00
\.

--
-- Data for Name: ingest_payload; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.ingest_payload (process_id, chunk, payload) FROM stdin;
\.

--
-- Data for Name: ingest_receipt; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.ingest_receipt (idempotency_key, request, process_id, answer, created_at, created_by) FROM stdin;
first	6cceb21f2ed1934f0c3dffbd99495eae	20261126064429613087000005	{"table_name":"imp_target","success_rows":1,"failed_rows":1,"message":"Success: Load data to 'imp_target' with logging value (success 1 row, failed 1 row, 0 sec)","rejected":[{"position":2,"column":"day","reason":"invalid input syntax for type date: \\"nonsense\\""}],"process_id":"20261126064429613087000005"}	2026-11-26 06:44:29.602435+00	postgres
\.

--
-- Data for Name: rejected_row; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.rejected_row (id, process_id, table_name, "position", column_name, reason, "row", rejected_at) FROM stdin;
1	20261126064429613087000005	imp_target	2	day	invalid input syntax for type date: "nonsense"	{"shop": "b", "day": "nonsense", "target": 6}	2026-11-26 06:44:29.61331+00
\.

--
-- Data for Name: schedule_slot; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.schedule_slot (pipeline_id, slot, process_id, deadline_at, late_at) FROM stdin;
\.

--
-- Data for Name: schedule_trigger; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.schedule_trigger (pipeline_id, trigger_id) FROM stdin;
after	nightly
after	shops
\.

--
-- Data for Name: table_backup; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.table_backup (table_name, backup_schema, backup_table, content, cut, backup_rows, made_at, made_by) FROM stdin;
ai_month	backup	ai_month_bk	table	2021-04-01	1	2026-11-26 06:44:29.688594+00	postgres
\.

--
-- Data for Name: task_schedule; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.task_schedule (pipeline_id, pipeline_name, pipeline_type, tracking, update_date, active_flg, process_id, started_at, ended_at, next_slot, kept_slot, failures, retry_at) FROM stdin;
shops	shops	source	SUCCESS	2026-11-26 06:44:29.62277+00	Y	\N	\N	\N	\N	\N	0	\N
after	pipeline_after	pipeline	FAILED	2026-11-26 06:44:29.740161+00	Y	20261126064429634465000007	2026-11-26 06:44:29.634887+00	2026-11-26 06:44:29.740161+00	\N	\N	2	2026-11-26 06:46:29.740165+00
nightly	pipeline_nightly	pipeline	PROCESSING	2026-11-26 06:44:29.590539+00	Y	20261126064445590392000009	2026-11-26 06:44:45.614392+00	2026-11-26 06:44:29.590539+00	2026-11-27 05:30:00+00	\N	0	\N
\.

--
-- Data for Name: task_step; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.task_step (id, process_id, step_order, pipeline_name, node, run_date, choose, waits_for, awaited_by, is_ready, state, attempts, crashes, retry_at, rows, process_rows, started_at, finished_at, process_time, message, error, worker) FROM stdin;
1	20261126064429512038000002	1	pipeline_nightly	ai_day	2021-01-20	{fill}	{}	{}	t	SUCCESS	1	0	\N	19	{"fill":19}	2026-11-26 06:44:29.515408+00	2026-11-26 06:44:29.531767+00	0.016	Success: Running 'ai_day' in common mode with logging value (19 rows, 0 sec)	\N	1721
2	20261126064429512038000002	2	pipeline_nightly	ai_month	2021-01-20	{fill}	{}	{}	t	SUCCESS	1	0	\N	1	{"fill":1}	2026-11-26 06:44:29.532406+00	2026-11-26 06:44:29.557555+00	0.025	Success: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	\N	1721
3	20261126064429559582000003	1	pipeline_after	ai_broken	2021-01-20	{fill}	{}	{}	t	FAILED	1	0	\N	0	\N	2026-11-26 06:44:29.56031+00	2026-11-26 06:44:29.561321+00	0.001	Error: division by zero	{"sqlstate":"22012","message":"division by zero","detail":null,"hint":null,"context":"SQL statement \\"insert into ai.ai_broken select date '2021-01-20' where 1 / (select count(*) - count(*) from ai.ai_day) = 0\\"\\nprocess 'fill' of 'ai_broken'","process":"fill","statement":"insert into ai.ai_broken select date '2021-01-20' where 1 / (select count(*) - count(*) from ai.ai_day) = 0","position":null,"constraint":null,"column":null}	1721
4	20261126064429573161000004	1	pipeline_nightly	ai_day	2021-01-25	{fill}	{}	{}	t	SUCCESS	1	0	\N	5	{"fill":5}	2026-11-26 06:44:29.575039+00	2026-11-26 06:44:29.585118+00	0.010	Success: Running 'ai_day' in common mode with logging value (5 rows, 0 sec)	\N	1721
5	20261126064429573161000004	2	pipeline_nightly	ai_month	2021-01-25	{fill}	{}	{}	t	SUCCESS	1	0	\N	1	{"fill":1}	2026-11-26 06:44:29.585931+00	2026-11-26 06:44:29.589715+00	0.004	Success: Running 'ai_month' in common mode with logging value (1 row, 0 sec)	\N	1721
6	20261126064429634465000007	1	pipeline_after	ai_broken	2026-11-26	{fill}	{}	{}	t	FAILED	1	0	\N	0	\N	2026-11-26 06:44:29.702783+00	2026-11-26 06:44:29.722998+00	0.020	Error: division by zero	{"sqlstate":"22012","message":"division by zero","detail":null,"hint":null,"context":"SQL statement \\"insert into ai.ai_broken select date '2026-11-26' where 1 / (select count(*) - count(*) from ai.ai_day) = 0\\"\\nprocess 'fill' of 'ai_broken'","process":"fill","statement":"insert into ai.ai_broken select date '2026-11-26' where 1 / (select count(*) - count(*) from ai.ai_day) = 0","position":null,"constraint":null,"column":null}	1722
10	20261126064445590392000009	4	pipeline_nightly	ai_day	2021-01-29	{fill}	{9}	{11}	f	WAITING	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N
9	20261126064445590392000009	3	pipeline_nightly	ai_day	2021-01-28	{fill}	{8}	{10}	f	WAITING	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N
8	20261126064445590392000009	2	pipeline_nightly	ai_day	2021-01-27	{fill}	{7}	{9}	f	WAITING	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N
7	20261126064445590392000009	1	pipeline_nightly	ai_day	2021-01-26	{fill}	{}	{8}	t	PROCESSING	0	0	\N	\N	\N	2026-11-26 06:44:45.692548+00	\N	\N	\N	\N	2400
11	20261126064445590392000009	5	pipeline_nightly	ai_day	2021-01-30	{fill}	{10}	{}	f	WAITING	0	0	\N	\N	\N	\N	\N	\N	\N	\N	\N
\.

--
-- Data for Name: user_account; Type: TABLE DATA; Schema: dfa; Owner: -
--

COPY dfa.user_account (user_name, password_hash, role, active_flg, created_at, created_by, password_changed_at) FROM stdin;
ada	$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$Zm9ycmVzdG9yZQ	admin	Y	2026-11-26 06:44:29.622388+00	postgres	2026-11-26 06:44:29.622389+00
\.

SELECT pg_catalog.setval('dfa.catalog_id_seq', 10, true);

SELECT pg_catalog.setval('dfa.data_logging_id_seq', 9, true);

SELECT pg_catalog.setval('dfa.rejected_row_id_seq', 1, true);

SELECT pg_catalog.setval('dfa.task_number_seq', 9, true);

SELECT pg_catalog.setval('dfa.task_step_id_seq', 11, true);

ALTER TABLE ONLY ai.ai_broken
    ADD CONSTRAINT ai_broken_pkey PRIMARY KEY (day);

ALTER TABLE ONLY ai.ai_day
    ADD CONSTRAINT ai_day_pkey PRIMARY KEY (day);

ALTER TABLE ONLY ai.ai_month
    ADD CONSTRAINT ai_month_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_default
    ADD CONSTRAINT ai_month_default_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_04
    ADD CONSTRAINT ai_month_p2021_04_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_05
    ADD CONSTRAINT ai_month_p2021_05_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_06
    ADD CONSTRAINT ai_month_p2021_06_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_07
    ADD CONSTRAINT ai_month_p2021_07_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_08
    ADD CONSTRAINT ai_month_p2021_08_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_09
    ADD CONSTRAINT ai_month_p2021_09_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_10
    ADD CONSTRAINT ai_month_p2021_10_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_11
    ADD CONSTRAINT ai_month_p2021_11_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2021_12
    ADD CONSTRAINT ai_month_p2021_12_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.ai_month_p2022_01
    ADD CONSTRAINT ai_month_p2022_01_pkey PRIMARY KEY (month);

ALTER TABLE ONLY ai.imp_target
    ADD CONSTRAINT imp_target_pkey PRIMARY KEY (shop, day);

ALTER TABLE ONLY ai.src_sale
    ADD CONSTRAINT src_sale_pkey PRIMARY KEY (id);

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_default_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_04_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_05_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_06_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_07_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_08_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_09_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_10_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_11_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2021_12_pkey;

ALTER INDEX ai.ai_month_pkey ATTACH PARTITION ai.ai_month_p2022_01_pkey;

GRANT USAGE ON SCHEMA ai TO dfa_reader;
GRANT USAGE ON SCHEMA ai TO dfa_operator;
GRANT ALL ON SCHEMA ai TO dfa_admin;

GRANT ALL ON FUNCTION ai.func_double(n integer) TO dfa_operator;

GRANT SELECT ON TABLE ai.ai_broken TO dfa_reader;
GRANT ALL ON TABLE ai.ai_broken TO dfa_operator;
GRANT ALL ON TABLE ai.ai_broken TO dfa_admin;

GRANT SELECT ON TABLE ai.ai_day TO dfa_reader;
GRANT ALL ON TABLE ai.ai_day TO dfa_operator;
GRANT ALL ON TABLE ai.ai_day TO dfa_admin;

GRANT SELECT ON TABLE ai.ai_month TO dfa_reader;
GRANT ALL ON TABLE ai.ai_month TO dfa_operator;
GRANT ALL ON TABLE ai.ai_month TO dfa_admin;

GRANT ALL ON TABLE ai.ai_month_default TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_04 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_05 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_06 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_07 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_08 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_09 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_10 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_11 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2021_12 TO dfa_operator;

GRANT ALL ON TABLE ai.ai_month_p2022_01 TO dfa_operator;

GRANT SELECT ON TABLE ai.ctr_data_logging TO dfa_reader;
GRANT ALL ON TABLE ai.ctr_data_logging TO dfa_operator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ai.ctr_data_logging TO dfa_admin;

GRANT SELECT ON TABLE ai.ctr_data_parameter TO dfa_reader;
GRANT ALL ON TABLE ai.ctr_data_parameter TO dfa_operator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ai.ctr_data_parameter TO dfa_admin;

GRANT SELECT ON TABLE ai.ctr_data_pipeline TO dfa_reader;
GRANT ALL ON TABLE ai.ctr_data_pipeline TO dfa_operator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ai.ctr_data_pipeline TO dfa_admin;

GRANT SELECT ON TABLE ai.ctr_task_process TO dfa_reader;
GRANT ALL ON TABLE ai.ctr_task_process TO dfa_operator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ai.ctr_task_process TO dfa_admin;

GRANT SELECT ON TABLE ai.ctr_task_schedule TO dfa_reader;
GRANT ALL ON TABLE ai.ctr_task_schedule TO dfa_operator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE ai.ctr_task_schedule TO dfa_admin;

GRANT SELECT ON TABLE ai.imp_target TO dfa_reader;
GRANT ALL ON TABLE ai.imp_target TO dfa_operator;
GRANT ALL ON TABLE ai.imp_target TO dfa_admin;

GRANT SELECT ON TABLE ai.src_sale TO dfa_reader;
GRANT ALL ON TABLE ai.src_sale TO dfa_operator;
GRANT ALL ON TABLE ai.src_sale TO dfa_admin;

GRANT SELECT ON TABLE ai.vw_sale TO dfa_reader;
GRANT ALL ON TABLE ai.vw_sale TO dfa_operator;
GRANT SELECT ON TABLE ai.vw_sale TO dfa_admin;

GRANT SELECT ON TABLE backup.ai_month_bk TO dfa_reader;
GRANT SELECT,INSERT,DELETE,TRUNCATE ON TABLE backup.ai_month_bk TO dfa_operator;
GRANT SELECT,INSERT,DELETE,TRUNCATE ON TABLE backup.ai_month_bk TO dfa_admin;

--
-- PostgreSQL database dump complete
--


