import type { DestinationDescriptor, SourceDescriptor } from '@waybill/contract';
import { s3Destination } from '@waybill/destination-s3';
import { sftpDestination } from '@waybill/destination-sftp';
import { watchFolderSource } from '@waybill/source-watch-folder';

/** What `type:` of a source may say. A new source is one line here. */
export const sourceDescriptors: readonly SourceDescriptor[] = [watchFolderSource];

/** What `type:` of a destination may say. A new destination is one line here. */
export const destinationDescriptors: readonly DestinationDescriptor[] = [s3Destination, sftpDestination];
