import { receiveDocument } from '../body/receive-body.ts';
import { answer, answerXml, bucketOf } from '../http/exchange.ts';
import type { Operation } from '../http/exchange.ts';
import { header } from '../http/s3-request.ts';
import { childText, readXml } from '../http/xml-request.ts';
import { document, element, text } from '../http/xml.ts';
import { S3Error } from '../s3-error.ts';

/** The one account that owns everything here. */
export const owner = element('Owner', text('ID', 'waybill'), text('DisplayName', 'waybill'));

export const listBuckets: Operation = async exchange => {
  const buckets = exchange.store.buckets
    .list()
    .map(({ name, created }) =>
      element('Bucket', text('Name', name), text('CreationDate', new Date(created).toISOString())),
    );
  answerXml(exchange, document('ListAllMyBucketsResult', owner, element('Buckets', ...buckets)));
};

export const headBucket: Operation = async exchange => {
  bucketOf(exchange);
  answer(exchange, 200, { 'x-amz-bucket-region': exchange.region });
};

export const createBucket: Operation = async exchange => {
  const { request, authorization, region, store } = exchange;
  if (Number(header(request, 'content-length') ?? 0) > 0) {
    const body = await receiveDocument(request, authorization);
    const wanted = childText(readXml(body, 'CreateBucketConfiguration'), 'LocationConstraint');
    if (wanted !== undefined && wanted !== '' && wanted !== region) {
      throw new S3Error(
        'InvalidLocationConstraint',
        `This server has the region ${region} alone; ${wanted} is not valid here.`,
      );
    }
  }
  const name = request.bucket ?? '';
  await store.buckets.create(name);
  answer(exchange, 200, { location: `/${name}` });
};

/** us-east-1 is written as nothing (S3 API reference, GetBucketLocation). */
export const getBucketLocation: Operation = async exchange => {
  bucketOf(exchange);
  const { region } = exchange;
  answerXml(exchange, document('LocationConstraint', region === 'us-east-1' ? '' : region));
};

/** Versioning cannot be switched on here, so the true answer is the empty one. */
export const getBucketVersioning: Operation = async exchange => {
  bucketOf(exchange);
  answerXml(exchange, document('VersioningConfiguration'));
};
