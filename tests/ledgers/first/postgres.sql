CREATE TABLE public.access (
    ledger text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    read_at bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    reader text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    elements text NOT NULL
);
CREATE TABLE public.attachment (
    ledger text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    bytes bigint NOT NULL,
    media text NOT NULL COLLATE pg_catalog."C",
    stored_at bigint NOT NULL
);
CREATE TABLE public.checkpoint (
    ledger text NOT NULL COLLATE pg_catalog."C",
    view text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL
);
CREATE TABLE public.command (
    ledger text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    body_hash bytea NOT NULL,
    answer text NOT NULL
);
CREATE TABLE public.credential (
    ledger text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    display text NOT NULL,
    password_hash text NOT NULL
);
CREATE TABLE public.fact (
    ledger text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    fact text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    body text NOT NULL,
    subject_kind text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    command text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C",
    device text NOT NULL COLLATE pg_catalog."C",
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE public.figure (
    ledger text NOT NULL COLLATE pg_catalog."C",
    indicator text NOT NULL COLLATE pg_catalog."C",
    place text NOT NULL COLLATE pg_catalog."C",
    day text NOT NULL COLLATE pg_catalog."C",
    thousandths bigint NOT NULL
);
CREATE TABLE public.head (
    ledger text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    signed bigint NOT NULL,
    basis text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.migration (
    ledger text NOT NULL COLLATE pg_catalog."C",
    step bigint NOT NULL
);
CREATE TABLE public.outbox (
    ledger text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    topic text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL,
    claimed_until bigint NOT NULL
);
CREATE TABLE public.pack_file (
    ledger text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    bytes bytea NOT NULL
);
CREATE TABLE public.party (
    ledger text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.person_key (
    ledger text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    wrapped bytea NOT NULL
);
CREATE TABLE public.session (
    ledger text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    began_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    ends_at bigint NOT NULL
);
CREATE TABLE public.setting (
    ledger text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    value bigint NOT NULL
);
CREATE TABLE public.signed_head (
    ledger text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    signed_at bigint NOT NULL
);
CREATE TABLE public.thing (
    ledger text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    place text NOT NULL COLLATE pg_catalog."C",
    path text NOT NULL COLLATE pg_catalog."C",
    sort text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    owner text NOT NULL COLLATE pg_catalog."C",
    about text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL,
    due_at bigint NOT NULL,
    wake_at bigint NOT NULL,
    label text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL
);
CREATE TABLE public.token (
    ledger text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    ends_at bigint NOT NULL,
    about text NOT NULL
);
CREATE TABLE public.touch (
    ledger text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL
);
CREATE TABLE public.vault (
    ledger text NOT NULL COLLATE pg_catalog."C",
    person text NOT NULL COLLATE pg_catalog."C",
    element text NOT NULL COLLATE pg_catalog."C",
    item text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    given_at bigint NOT NULL,
    salt bytea NOT NULL,
    sealed bytea NOT NULL
);
INSERT INTO public.access VALUES ('community', 'p1', 1580544000000, '01a20a5b-4234-747c-9587-4587ddcec28d', 'worker', 'grid_worker', 'register', '["name"]');
INSERT INTO public.attachment VALUES ('community', '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9', 5, 'text/plain', 1580544000000);
INSERT INTO public.command VALUES ('root', 'open:root', '\x211986c23986cfcd5b3bcf710bd64a505861b4f5bff2e7cbfe9b48bac9a645f3', '{"Ok":{"facts":[[1,"ledger.opened"]],"things":[["ledger","ledger"]]}}');
INSERT INTO public.command VALUES ('community', 'command-1', '\x24060405f2ed34405d2db7301785a45d5207d16a06e203d6f4abd9cd4e23f3b9', '{"Ok":{"facts":[[1,"ledger.opened"]],"things":[["ledger","ledger"]]}}');
INSERT INTO public.command VALUES ('community', 'command-2', '\x7883a7411c3f862642a30becd029030741e455b8e2a6db8f1f98b654062a95e2', '{"Ok":{"facts":[[2,"places.added"]],"things":[["place","b1"]]}}');
INSERT INTO public.command VALUES ('community', 'command-3', '\xac1255ef0e59f37e0d93e173c81118401d337a8b1089f5520af3d6a5ad006617', '{"Ok":{"facts":[[3,"household.registered"]],"things":[["household","h1"]]}}');
INSERT INTO public.command VALUES ('community', 'command-4', '\xc9c264da7d3c1a793ef1510f1cc0f323e4032cf1087d369a0f0a67e6c8c21317', '{"Ok":{"facts":[[4,"person.registered"]],"things":[["household","h1"],["person","p1"]]}}');
INSERT INTO public.command VALUES ('root', 'command-5', '\x61b87c780398b812b75dc19ff786d7988716b7cb820bf099f8ce5ea60a5c4042', '{"Ok":{"facts":[[2,"pack.adopted"]],"things":[["packs","packs"]]}}');
INSERT INTO public.command VALUES ('community', 'command-6', '\x3ab80a6e95300baceefb26d890cad7e8dcb8215b56b03209db546165bd970b82', '{"Ok":{"facts":[[5,"pool.opened"]],"things":[["pool","rooms"]]}}');
INSERT INTO public.command VALUES ('community', 'command-7', '\x20d168294f3abe91a79b7455230d63cc1402e297362c70673c237eef35abcf71', '{"Ok":{"facts":[[6,"stock.added"]],"things":[["pool","rooms"]]}}');
INSERT INTO public.command VALUES ('community', 'command-8', '\x5428bab3d77fc1cb3da9bd94dde73f8998fe22a31321ef7f6f22781f79a7a4e3', '{"Ok":{"facts":[[7,"stock.held"]],"things":[["pool","rooms"]]}}');
INSERT INTO public.command VALUES ('root', 'command-9', '\x5d0bc5e35e954a8711d9e7e34075d8e1198458d1ff7e5115a899e68b46604137', '{"Ok":{"facts":[[3,"account.opened"]],"things":[["account","worker"]]}}');
INSERT INTO public.fact VALUES ('root', 1, 'ledger.opened', 1, '{"level":"root","name":"root","path":["root"],"place":"root"}', 'ledger', 'ledger', 'open:root', 'system', '', 1580544000000, 1580544000000, '\xee7b7010251df87dda896e781de29887a0a8c8cfda5abc8aa9be7cc573a079dd');
INSERT INTO public.fact VALUES ('community', 1, 'ledger.opened', 1, '{"level":"community","name":"Elm Court","path":["root","community"],"place":"community"}', 'ledger', 'ledger', 'command-1', 'operator', '', 1580544000000, 1580544000000, '\x7cfe590ac851e5f3700e1de60e50547bc86ea73f278574aa45601d142cf85c11');
INSERT INTO public.fact VALUES ('community', 2, 'places.added', 1, '{"parent":"community","path":["root","community"],"places":[{"id":"b1","level":"building","name":"Building 1"}]}', 'place', 'b1', 'command-2', 'operator', '', 1580544000000, 1580544000000, '\x65fcd450100258f23c5019fd91cd24f37333ef7e7cac455265ceaea107aa000e');
INSERT INTO public.fact VALUES ('community', 3, 'household.registered', 1, '{"door":"1-101","household":"h1","path":["root","community","b1"],"place":"b1"}', 'household', 'h1', 'command-3', 'operator', '', 1580544000000, 1580544000000, '\x6612f880a24f00ea1a957c0b3e10d863f3cfa3cc459e2dbd12f7edf4618f8409');
INSERT INTO public.fact VALUES ('community', 4, 'person.registered', 1, '{"born_year":1950,"groups":[],"household":"h1","path":["root","community","b1"],"person":"p1","sealed":[{"commitment":"3331e0f699deef3a34d030d1087ac89aba29ddda4da2f3de469c4ffec39b6a5f","element":"name","purpose":"register"}]}', 'person', 'p1', 'command-4', 'operator', '', 1580544000000, 1580544000000, '\x0906a124405bc686a7ad6c8abc0f1d1673e981a28362f5333a9650bc1ffed673');
INSERT INTO public.fact VALUES ('root', 2, 'pack.adopted', 1, '{"hash":"hash-one","pack":"test","replaced":null,"version":"one"}', 'packs', 'packs', 'command-5', 'operator', '', 1580544000000, 1580544000000, '\xbf0c19d566df2a31527c827977e0a477e19c911fcc6d42e369485ce214d88c1c');
INSERT INTO public.fact VALUES ('community', 5, 'pool.opened', 1, '{"name":"Rooms","path":["root","community","b1"],"place":"b1","pool":"rooms","sort":"test.room"}', 'pool', 'rooms', 'command-6', 'operator', '', 1580544000000, 1580544000000, '\x7a7ecdd6335c68a4b881c65b2010226afa3911a9da2ba856038b7adf2e35f050');
INSERT INTO public.fact VALUES ('community', 6, 'stock.added', 1, '{"amount":5,"pool":"rooms","reason":"counted"}', 'pool', 'rooms', 'command-7', 'operator', '', 1580544000000, 1580544000000, '\x9e5665de575e389962e8d30bd81bac287676849b915c5af5d36eca37b6a9d33f');
INSERT INTO public.fact VALUES ('community', 7, 'stock.held', 1, '{"amount":1,"case":null,"hold":"a","pool":"rooms","until":"2020-02-01T08:30:00Z"}', 'pool', 'rooms', 'command-8', 'operator', '', 1580544000000, 1580544000000, '\x3c1a27a87907fec760d3425f0980cf064ef9dcdef091173fe58a317757586b8d');
INSERT INTO public.fact VALUES ('root', 3, 'account.opened', 1, '{"account":"worker","machine":false,"person":null}', 'account', 'worker', 'command-9', 'operator', '', 1580544000000, 1580544000000, '\x0883e94250c8ab27fb902141fc10fea718f0cf79e4acf87bc0666c45863b2452');
INSERT INTO public.figure VALUES ('community', 'test.people', 'b1', '', 1000);
INSERT INTO public.figure VALUES ('community', 'test.people', 'community', '', 1000);
INSERT INTO public.figure VALUES ('community', 'test.people', 'root', '', 1000);
INSERT INTO public.head VALUES ('community', 7, '\x3c1a27a87907fec760d3425f0980cf064ef9dcdef091173fe58a317757586b8d', 7, 'hash-one');
INSERT INTO public.head VALUES ('root', 3, '\x0883e94250c8ab27fb902141fc10fea718f0cf79e4acf87bc0666c45863b2452', 3, 'hash-one');
INSERT INTO public.migration VALUES ('root', 0);
INSERT INTO public.pack_file VALUES ('root', 'hash-one', '\x6f6e65');
INSERT INTO public.person_key VALUES ('community', 'p1', 'register', '\xaef646d6d684c4f8d0c37d03b3f52cadfb1f4e518e78606b5223d3a8a9b99a14e008aff2c994566e4ec115068fb3834258e11eef19f4e8da9a55c86b');
INSERT INTO public.setting VALUES ('root', 'revision', 6);
INSERT INTO public.signed_head VALUES ('community', 7, '\x3c1a27a87907fec760d3425f0980cf064ef9dcdef091173fe58a317757586b8d', '\x1e12959f6428919feaa00b6f2f6a2c97ad839ec53c318aabe5b31cdee23edb9cc7e4b95768c725fea71a8931d0390184f061a14d68b46d94250ecc0a30cf5100', 1580544000000);
INSERT INTO public.signed_head VALUES ('root', 3, '\x0883e94250c8ab27fb902141fc10fea718f0cf79e4acf87bc0666c45863b2452', '\x6bfe9cb130156bdb4c451ce637ca70dd2fcef13d25d6ffafc08639fe0464c0311f3464344d62e8c370415129a017d77005651e061204970e1df33343338d5006', 1580544000000);
INSERT INTO public.thing VALUES ('root', 'ledger', 'ledger', 'root', '/root/', 'root', '', '', '', 0, 0, 0, 'root', '{"place":"root","name":"root","level":"root","path":["root"]}');
INSERT INTO public.thing VALUES ('community', 'ledger', 'ledger', 'community', '/root/community/', 'community', '', '', '', 0, 0, 0, 'Elm Court', '{"place":"community","name":"Elm Court","level":"community","path":["root","community"]}');
INSERT INTO public.thing VALUES ('community', 'place', 'b1', 'community', '/root/community/b1/', 'building', '', '', '', 0, 0, 0, 'Building 1', '{"id":"b1","name":"Building 1","level":"building","path":["root","community","b1"]}');
INSERT INTO public.thing VALUES ('community', 'person', 'p1', 'b1', '/root/community/b1/', '', '', '', 'h1', 0, 0, 0, '', '{"id":"p1","household":"h1","path":["root","community","b1"],"born_year":1950,"groups":[],"cares_for":{},"cared_by":{},"whereabouts":{"at":"home"},"order":null,"open_cases":[]}');
INSERT INTO public.thing VALUES ('community', 'household', 'h1', 'b1', '/root/community/b1/', '', '', '', '', 0, 0, 0, '1-101', '{"id":"h1","place":"b1","path":["root","community","b1"],"door":"1-101","people":["p1"],"open_cases":[]}');
INSERT INTO public.thing VALUES ('root', 'packs', 'packs', '', '', '', '', '', '', 0, 0, 0, '', '{"adopted":{"test":{"version":"one","hash":"hash-one"}}}');
INSERT INTO public.thing VALUES ('community', 'pool', 'rooms', 'b1', '/root/community/b1/', 'test.room', '', '', '', 0, 0, 1580545800000, 'Rooms', '{"id":"rooms","sort":"test.room","name":"Rooms","place":"b1","path":["root","community","b1"],"total":5,"holds":{"a":{"amount":1,"until":"2020-02-01T08:30:00Z","case":null}},"taken":{}}');
INSERT INTO public.thing VALUES ('root', 'account', 'worker', '', '', '', '', '', '', 0, 0, 0, '', '{"id":"worker","person":null,"machine":false,"grants":[],"closed":false}');
INSERT INTO public.touch VALUES ('root', 'ledger', 'ledger', 1);
INSERT INTO public.touch VALUES ('community', 'ledger', 'ledger', 1);
INSERT INTO public.touch VALUES ('community', 'place', 'b1', 2);
INSERT INTO public.touch VALUES ('community', 'household', 'h1', 3);
INSERT INTO public.touch VALUES ('community', 'household', 'h1', 4);
INSERT INTO public.touch VALUES ('community', 'person', 'p1', 4);
INSERT INTO public.touch VALUES ('root', 'packs', 'packs', 2);
INSERT INTO public.touch VALUES ('community', 'pool', 'rooms', 5);
INSERT INTO public.touch VALUES ('community', 'pool', 'rooms', 6);
INSERT INTO public.touch VALUES ('community', 'pool', 'rooms', 7);
INSERT INTO public.touch VALUES ('root', 'account', 'worker', 3);
INSERT INTO public.vault VALUES ('community', 'p1', 'name', '', 'register', 1580544000000, '\x73998bfd9342f8cd7080031e205a640c3b3f945f69da8e458f713f327f5303c3', '\x1ae07a02f818e5888f072fe24e19fd7c4070afa8c2e27c72f115508c27de');
ALTER TABLE ONLY public.access
    ADD CONSTRAINT access_pkey PRIMARY KEY (ledger, person, read_at, id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (ledger, hash);
ALTER TABLE ONLY public.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (ledger, view);
ALTER TABLE ONLY public.command
    ADD CONSTRAINT command_pkey PRIMARY KEY (ledger, id);
ALTER TABLE ONLY public.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (ledger, name);
ALTER TABLE ONLY public.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (ledger, seq);
ALTER TABLE ONLY public.figure
    ADD CONSTRAINT figure_pkey PRIMARY KEY (ledger, indicator, place, day);
ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (ledger);
ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (ledger, step);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (ledger, seq);
ALTER TABLE ONLY public.pack_file
    ADD CONSTRAINT pack_file_pkey PRIMARY KEY (ledger, hash);
ALTER TABLE ONLY public.party
    ADD CONSTRAINT party_pkey PRIMARY KEY (ledger, account, id);
ALTER TABLE ONLY public.person_key
    ADD CONSTRAINT person_key_pkey PRIMARY KEY (ledger, person, purpose);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (ledger, hash);
ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (ledger, name);
ALTER TABLE ONLY public.signed_head
    ADD CONSTRAINT signed_head_pkey PRIMARY KEY (ledger, seq);
ALTER TABLE ONLY public.thing
    ADD CONSTRAINT thing_pkey PRIMARY KEY (ledger, kind, id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (ledger, hash);
ALTER TABLE ONLY public.touch
    ADD CONSTRAINT touch_pkey PRIMARY KEY (ledger, kind, id, seq);
ALTER TABLE ONLY public.vault
    ADD CONSTRAINT vault_pkey PRIMARY KEY (ledger, person, element, item, purpose);
CREATE INDEX credential_account ON public.credential USING btree (ledger, account);
CREATE INDEX fact_notices ON public.fact USING btree (ledger, seq) WHERE (fact = 'notice.given'::text);
CREATE INDEX figure_place ON public.figure USING btree (place, day, indicator);
CREATE INDEX figure_zero ON public.figure USING btree (ledger) WHERE (thousandths = 0);
CREATE INDEX party_account ON public.party USING btree (account, ledger, id);
CREATE INDEX thing_about ON public.thing USING btree (about, ledger, kind) WHERE (about <> ''::text);
CREATE INDEX thing_below ON public.thing USING btree (kind, path, since) WHERE (kind <> 'place'::text);
CREATE INDEX thing_inside ON public.thing USING btree (place, kind, id) WHERE (kind = ANY (ARRAY['place'::text, 'household'::text, 'pool'::text]));
CREATE INDEX thing_label ON public.thing USING btree (label, ledger, path, id) WHERE (kind = 'place'::text);
CREATE INDEX thing_listed ON public.thing USING btree (ledger, kind, status, due_at) WHERE (kind <> ALL (ARRAY['place'::text, 'person'::text]));
CREATE INDEX thing_owned ON public.thing USING btree (owner, kind, status) WHERE (owner <> ''::text);
CREATE INDEX thing_place ON public.thing USING btree (id, ledger) WHERE (kind = 'place'::text);
CREATE INDEX thing_waking ON public.thing USING btree (wake_at, ledger, kind, id) WHERE (wake_at > 0);
CREATE INDEX vault_purpose ON public.vault USING btree (ledger, purpose, given_at);
