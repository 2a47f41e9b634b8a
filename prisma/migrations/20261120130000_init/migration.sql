-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "edge_nodes" (
    "name" TEXT NOT NULL,
    "instance" UUID NOT NULL,
    "process" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "edge_nodes_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "sources" (
    "name" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "scan_asked_at" TIMESTAMPTZ(3),
    "condition" TEXT NOT NULL DEFAULT 'unknown',
    "sentence" TEXT,
    "next_step" TEXT,
    "checked_at" TIMESTAMPTZ(3),
    "last_listed_at" TIMESTAMPTZ(3),
    "files_listed" INTEGER NOT NULL DEFAULT 0,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "destinations" (
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "condition" TEXT NOT NULL DEFAULT 'unknown',
    "sentence" TEXT,
    "next_step" TEXT,
    "checked_at" TIMESTAMPTZ(3),
    "abilities" JSONB NOT NULL DEFAULT '{}',
    "registered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "destinations_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "recordings" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,
    "on_demand" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recordings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assets" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "identity" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "node" TEXT NOT NULL,
    "source_key" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "revision" TEXT NOT NULL,
    "landing" TEXT NOT NULL,
    "landing_key" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "route" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "failed_stage" TEXT,
    "incomplete" BOOLEAN NOT NULL DEFAULT false,
    "error_code" TEXT,
    "error_message" TEXT,
    "error_next_step" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "size" BIGINT NOT NULL,
    "bytes_received" BIGINT NOT NULL DEFAULT 0,
    "bytes_sent" BIGINT NOT NULL DEFAULT 0,
    "parts" INTEGER NOT NULL DEFAULT 0,
    "verdict" JSONB,
    "verdict_revision" TEXT,
    "sha256" TEXT,
    "xxh128" TEXT,
    "crc32" TEXT,
    "landing_size" BIGINT,
    "landing_etag" TEXT,
    "landing_proof" TEXT,
    "recording_id" UUID,
    "chapter" INTEGER,
    "lease_owner" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "fence" BIGINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "custody_seq" INTEGER NOT NULL DEFAULT 0,
    "custody_hash" TEXT NOT NULL,
    "discovered_at" TIMESTAMPTZ(3) NOT NULL,
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL,
    "s3_completed_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "assets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "landing_keys" (
    "landing" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "asset_id" UUID NOT NULL,

    CONSTRAINT "landing_keys_pkey" PRIMARY KEY ("landing","key")
);

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "landing" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "token" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "s3_upload_id" TEXT,
    "plan" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "fence" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "etag" TEXT,
    "proof" TEXT,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parts" (
    "upload_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,
    "etag" TEXT NOT NULL,
    "xxh128" TEXT NOT NULL,
    "crc32" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "parts_pkey" PRIMARY KEY ("upload_id","number")
);

-- CreateTable
CREATE TABLE "parcels" (
    "id" UUID NOT NULL,
    "destination" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "frozen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "parcels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "asset_id" UUID NOT NULL,
    "parcel_id" UUID,
    "destination" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "after" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "fields" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "size" BIGINT NOT NULL,
    "bytes_sent" BIGINT NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "error_message" TEXT,
    "error_next_step" TEXT,
    "receipt" JSONB,
    "lease_owner" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "fence" BIGINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_activity_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "custody_events" (
    "asset_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "custody_events_pkey" PRIMARY KEY ("asset_id","seq")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "key_sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schema_info" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL,
    "compatible" INTEGER NOT NULL,

    CONSTRAINT "schema_info_pkey" PRIMARY KEY ("only")
);

-- CreateIndex
CREATE UNIQUE INDEX "recordings_source_external_id_key" ON "recordings"("source", "external_id");

-- CreateIndex
CREATE INDEX "assets_recording_id_chapter_idx" ON "assets"("recording_id", "chapter");

-- CreateIndex
CREATE UNIQUE INDEX "assets_source_identity_generation_key" ON "assets"("source", "identity", "generation");

-- CreateIndex
CREATE UNIQUE INDEX "assets_landing_landing_key_key" ON "assets"("landing", "landing_key");

-- CreateIndex
CREATE INDEX "landing_keys_asset_id_idx" ON "landing_keys"("asset_id");

-- CreateIndex
CREATE INDEX "uploads_asset_id_created_at_idx" ON "uploads"("asset_id", "created_at");

-- CreateIndex
CREATE INDEX "deliveries_parcel_id_idx" ON "deliveries"("parcel_id");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_asset_id_destination_path_key" ON "deliveries"("asset_id", "destination", "path");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_key_sha256_key" ON "api_keys"("key_sha256");

-- AddForeignKey
ALTER TABLE "sources" ADD CONSTRAINT "sources_node_fkey" FOREIGN KEY ("node") REFERENCES "edge_nodes"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assets" ADD CONSTRAINT "assets_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "landing_keys" ADD CONSTRAINT "landing_keys_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "assets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "assets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parts" ADD CONSTRAINT "parts_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "uploads"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "assets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_parcel_id_fkey" FOREIGN KEY ("parcel_id") REFERENCES "parcels"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "custody_events" ADD CONSTRAINT "custody_events_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "assets"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ---------------------------------------------------------------------------------------------------------------
-- From here on: what Prisma's language can't say.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- States and codes are text with a check, so that the next release can add one while this one still runs.
ALTER TABLE "assets"
  ADD CONSTRAINT "assets_state" CHECK ("state" IN ('discovered', 'receiving', 'pending_completion', 's3_completed',
    'completed', 'failed', 'aborted_no_parts', 'quarantined', 'cancelled')),
  ADD CONSTRAINT "assets_failed_stage" CHECK (("state" = 'failed') = ("failed_stage" IS NOT NULL)
    AND ("failed_stage" IS NULL OR "failed_stage" IN ('receive', 'finalize', 'metadata'))),
  ADD CONSTRAINT "assets_proven" CHECK ("state" NOT IN ('s3_completed', 'completed')
    OR ("sha256" IS NOT NULL AND "landing_etag" IS NOT NULL AND "landing_size" = "size" AND "landing_proof" IS NOT NULL)),
  ADD CONSTRAINT "assets_sizes" CHECK ("size" >= 0 AND "bytes_received" >= 0 AND "bytes_sent" >= 0),
  ADD CONSTRAINT "assets_generation" CHECK ("generation" >= 1);
ALTER TABLE "uploads"
  ADD CONSTRAINT "uploads_kind" CHECK ("kind" IN ('put', 'multipart')),
  ADD CONSTRAINT "uploads_state" CHECK ("state" IN ('intended', 'open', 'sent', 'completed', 'abandoned', 'aborted'));
ALTER TABLE "parcels"
  ADD CONSTRAINT "parcels_kind" CHECK ("kind" IN ('file', 'batch', 'archive'));
ALTER TABLE "deliveries"
  ADD CONSTRAINT "deliveries_state" CHECK ("state" IN ('waiting', 'delivering', 'delivered', 'failed', 'cancelled')),
  ADD CONSTRAINT "deliveries_receipt" CHECK ("state" <> 'delivered' OR ("receipt" IS NOT NULL AND "delivered_at" IS NOT NULL));
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_role" CHECK ("role" IN ('viewer', 'operator', 'admin'));
ALTER TABLE "schema_info"
  ADD CONSTRAINT "schema_info_only" CHECK ("only");

-- What is due: partial, so that a sweep costs what is waiting and not what has ever been.
CREATE INDEX "assets_edge_due" ON "assets" ("node", "state", "priority" DESC, "due_at")
  WHERE "due_at" IS NOT NULL AND "state" IN ('discovered', 'receiving');
CREATE INDEX "assets_finalizer_due" ON "assets" ("state", "priority" DESC, "due_at")
  WHERE "due_at" IS NOT NULL AND "state" IN ('pending_completion', 's3_completed');
CREATE INDEX "assets_open_of_source" ON "assets" ("source") WHERE "state" IN ('discovered', 'receiving');
CREATE INDEX "deliveries_due" ON "deliveries" ("destination", "priority" DESC, "due_at")
  WHERE "due_at" IS NOT NULL AND "state" IN ('waiting', 'delivering');
CREATE UNIQUE INDEX "deliveries_one_at_a_path" ON "deliveries" ("destination", "path") WHERE "state" = 'delivering';
CREATE INDEX "deliveries_owed_to_path" ON "deliveries" ("destination", "path") WHERE "state" IN ('waiting', 'failed');
CREATE INDEX "uploads_unended" ON "uploads" ("created_at") WHERE "state" IN ('intended', 'open', 'abandoned');

-- What people ask for: newest first, by state, source or destination; part of a name.
CREATE INDEX "assets_newest" ON "assets" ("discovered_at" DESC, "id" DESC);
CREATE INDEX "assets_newest_of_state" ON "assets" ("state", "discovered_at" DESC, "id" DESC);
CREATE INDEX "assets_newest_of_source" ON "assets" ("source", "discovered_at" DESC, "id" DESC);
CREATE INDEX "assets_filename_trigrams" ON "assets" USING gin ("filename" gin_trgm_ops);
CREATE INDEX "deliveries_newest" ON "deliveries" ("created_at" DESC, "id" DESC);
CREATE INDEX "deliveries_newest_of_state" ON "deliveries" ("state", "created_at" DESC, "id" DESC);
CREATE INDEX "deliveries_newest_of_destination" ON "deliveries" ("destination", "created_at" DESC, "id" DESC);

-- One link of the chain. The text is what libs/domain/src/custody-chain.ts hashes too: anyone can check it.
CREATE FUNCTION waybill_event_hash(prev text, asset uuid, seq integer, at timestamptz, kind text, actor text, detail text)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n', prev, asset::text, seq::text,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), kind, actor, detail), 'UTF8')), 'hex')
$$;

-- Appends events [{ "assetId", "kind", "actor", "detail" }] in their order; the asset rows are locked, lowest id first.
-- One pass serves all assets with one event; an asset with k events in the call takes k passes.
CREATE FUNCTION waybill_append_custody(p_events jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_at timestamptz := date_trunc('milliseconds', clock_timestamp());
  v_passes integer;
  v_pass integer := 1;
BEGIN
  IF p_events IS NULL OR jsonb_array_length(p_events) = 0 THEN RETURN; END IF;
  PERFORM 1 FROM assets WHERE id IN (SELECT (e ->> 'assetId')::uuid FROM jsonb_array_elements(p_events) e)
    ORDER BY id FOR UPDATE;
  SELECT max(n) INTO v_passes FROM (
    SELECT count(*) AS n FROM jsonb_array_elements(p_events) e GROUP BY e ->> 'assetId') counted;
  WHILE v_pass <= v_passes LOOP
    WITH numbered AS (
      SELECT (e.value ->> 'assetId')::uuid AS asset_id, e.value ->> 'kind' AS kind, e.value ->> 'actor' AS actor,
        e.value ->> 'detail' AS detail,
        row_number() OVER (PARTITION BY e.value ->> 'assetId' ORDER BY e.ordinality) AS pass
      FROM jsonb_array_elements(p_events) WITH ORDINALITY e
    ), linked AS (
      UPDATE assets a
      SET custody_seq = before.custody_seq + 1,
        custody_hash = waybill_event_hash(before.custody_hash, before.id, before.custody_seq + 1, v_at, n.kind, n.actor, n.detail)
      FROM numbered n JOIN assets before ON before.id = n.asset_id
      WHERE n.pass = v_pass AND a.id = before.id
      RETURNING a.id, a.custody_seq, n.kind, n.actor, n.detail, before.custody_hash AS prev_hash, a.custody_hash
    )
    INSERT INTO custody_events (asset_id, seq, at, kind, actor, detail, prev_hash, hash)
    SELECT id, custody_seq, v_at, kind, actor, detail, prev_hash, custody_hash FROM linked;
    v_pass := v_pass + 1;
  END LOOP;
END
$$;

-- Moves assets in one conditional statement, each on its own state and fence, and writes their custody events.
-- p_moves: [{ "id", "from": [state], "fence": number|null, "patch": {column: value}, "setDue": bool, "dueInMs": number|null,
--             "release": bool, "events": [{ "kind", "actor", "detail" }] }]. Answers the ids that moved.
CREATE FUNCTION waybill_move_assets(p_moves jsonb) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  v_moved uuid[];
BEGIN
  PERFORM 1 FROM assets WHERE id IN (SELECT (m ->> 'id')::uuid FROM jsonb_array_elements(p_moves) m) ORDER BY id FOR UPDATE;
  WITH moves AS (
    SELECT * FROM jsonb_to_recordset(p_moves) AS m(id uuid, "from" text[], fence bigint, patch jsonb, "setDue" boolean,
      "dueInMs" bigint, release boolean)
  ), moved AS (
    UPDATE assets a SET
      (state, failed_stage, incomplete, error_code, error_message, error_next_step, attempts, priority, size, bytes_received,
       bytes_sent, parts, verdict, verdict_revision, sha256, xxh128, crc32, landing_size, landing_etag, landing_proof,
       source_key, revision, content_type, recording_id, chapter, s3_completed_at, completed_at) =
      (SELECT r.state, r.failed_stage, r.incomplete, r.error_code, r.error_message, r.error_next_step, r.attempts, r.priority,
        r.size, r.bytes_received, r.bytes_sent, r.parts, r.verdict, r.verdict_revision, r.sha256, r.xxh128, r.crc32,
        r.landing_size, r.landing_etag, r.landing_proof, r.source_key, r.revision, r.content_type, r.recording_id, r.chapter,
        CASE WHEN r.state = 's3_completed' AND a.state <> 's3_completed' THEN now() ELSE a.s3_completed_at END,
        CASE WHEN r.state = 'completed' AND a.state <> 'completed' THEN now() ELSE a.completed_at END
       FROM jsonb_populate_record(a, m.patch) r),
      due_at = CASE WHEN NOT m."setDue" THEN a.due_at WHEN m."dueInMs" IS NULL THEN NULL
        ELSE now() + m."dueInMs" * interval '1 millisecond' END,
      lease_owner = CASE WHEN m.release THEN NULL ELSE a.lease_owner END,
      lease_expires_at = CASE WHEN m.release THEN NULL ELSE a.lease_expires_at END,
      last_activity_at = now()
    FROM moves m
    WHERE a.id = m.id AND a.state = ANY (m."from") AND (m.fence IS NULL OR a.fence = m.fence)
    RETURNING a.id
  )
  SELECT coalesce(array_agg(id), '{}') INTO v_moved FROM moved;

  PERFORM waybill_append_custody((
    SELECT jsonb_agg(e.value || jsonb_build_object('assetId', m.value ->> 'id') ORDER BY m.ordinality, e.ordinality)
    FROM jsonb_array_elements(p_moves) WITH ORDINALITY m,
      jsonb_array_elements(m.value -> 'events') WITH ORDINALITY e
    WHERE (m.value ->> 'id')::uuid = ANY (v_moved)));
  RETURN QUERY SELECT unnest(v_moved);
END
$$;

-- The same for deliveries; events go to the waybill of their asset. A delivered one lets those that waited for it start
-- (routes with `after`) and supersedes what older generations of its file still owe to the same path.
CREATE FUNCTION waybill_move_deliveries(p_moves jsonb) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
  v_moved uuid[];
  v_delivered uuid[];
  v_superseded jsonb;
BEGIN
  -- Assets before deliveries, everywhere: two apps that touch both can't wait for each other in a ring.
  PERFORM 1 FROM assets WHERE id IN (
    SELECT asset_id FROM deliveries WHERE id IN (SELECT (m ->> 'id')::uuid FROM jsonb_array_elements(p_moves) m))
    ORDER BY id FOR UPDATE;
  PERFORM 1 FROM deliveries WHERE id IN (SELECT (m ->> 'id')::uuid FROM jsonb_array_elements(p_moves) m)
    ORDER BY id FOR UPDATE;
  WITH moves AS (
    SELECT * FROM jsonb_to_recordset(p_moves) AS m(id uuid, "from" text[], fence bigint, patch jsonb, "setDue" boolean,
      "dueInMs" bigint, release boolean)
  ), moved AS (
    UPDATE deliveries d SET
      (state, priority, size, bytes_sent, attempts, error_code, error_message, error_next_step, receipt, parcel_id, delivered_at) =
      (SELECT r.state, r.priority, r.size, r.bytes_sent, r.attempts, r.error_code, r.error_message, r.error_next_step,
        r.receipt, r.parcel_id, CASE WHEN r.state = 'delivered' THEN now() ELSE d.delivered_at END
       FROM jsonb_populate_record(d, m.patch) r),
      due_at = CASE WHEN NOT m."setDue" THEN d.due_at WHEN m."dueInMs" IS NULL THEN NULL
        ELSE now() + m."dueInMs" * interval '1 millisecond' END,
      lease_owner = CASE WHEN m.release THEN NULL ELSE d.lease_owner END,
      lease_expires_at = CASE WHEN m.release THEN NULL ELSE d.lease_expires_at END,
      last_activity_at = now()
    FROM moves m
    WHERE d.id = m.id AND d.state = ANY (m."from") AND (m.fence IS NULL OR d.fence = m.fence)
    RETURNING d.id, d.state
  )
  SELECT coalesce(array_agg(id), '{}'), coalesce(array_agg(id) FILTER (WHERE state = 'delivered'), '{}')
    INTO v_moved, v_delivered FROM moved;

  PERFORM waybill_append_custody((
    SELECT jsonb_agg(e.value || jsonb_build_object('assetId', d.asset_id) ORDER BY m.ordinality, e.ordinality)
    FROM jsonb_array_elements(p_moves) WITH ORDINALITY m
      JOIN deliveries d ON d.id = (m.value ->> 'id')::uuid,
      jsonb_array_elements(m.value -> 'events') WITH ORDINALITY e
    WHERE d.id = ANY (v_moved)));

  IF cardinality(v_delivered) > 0 THEN
    UPDATE deliveries d SET due_at = now()
    FROM deliveries done
    WHERE done.id = ANY (v_delivered) AND d.asset_id = done.asset_id AND d.state = 'waiting' AND d.due_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM deliveries first WHERE first.asset_id = d.asset_id
        AND first.destination = ANY (d.after) AND first.state <> 'delivered');

    WITH older AS (
      UPDATE deliveries d SET state = 'cancelled', due_at = NULL, error_code = 'superseded',
        error_message = 'A newer generation of this file was delivered to the same path.', error_next_step = NULL,
        last_activity_at = now()
      FROM deliveries done JOIN assets newer ON newer.id = done.asset_id
        JOIN assets past ON past.source = newer.source AND past.identity = newer.identity AND past.generation < newer.generation
      WHERE done.id = ANY (v_delivered) AND d.asset_id = past.id AND d.destination = done.destination AND d.path = done.path
        AND d.state IN ('waiting', 'failed')
      RETURNING d.id, d.asset_id
    )
    SELECT jsonb_agg(jsonb_build_object('assetId', asset_id, 'kind', 'delivery-superseded', 'actor', 'delivery-service',
      'detail', jsonb_build_object('deliveryId', id)::text)) INTO v_superseded FROM older;
    PERFORM waybill_append_custody(v_superseded);
  END IF;
  RETURN QUERY SELECT unnest(v_moved);
END
$$;

-- Their argument is one document whose size says nothing of the plan: planning each call anew costs more than it gains.
ALTER FUNCTION waybill_append_custody(jsonb) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION waybill_move_assets(jsonb) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION waybill_move_deliveries(jsonb) SET plan_cache_mode = force_generic_plan;

INSERT INTO "schema_info" ("only", "version", "compatible") VALUES (true, 1, 1);
