import type { QueryStats } from '../../query/engine.ts'

/**
 * The statistics of a Loki answer. Clients read `summary`; the other keys are there because some refuse a body without
 * them. What a columnar store has no counterpart for (chunks, caches, ingesters, bloom filters) is 0.
 */

const NO_CHUNKS = {
  headChunkBytes: 0,
  headChunkLines: 0,
  decompressedBytes: 0,
  decompressedLines: 0,
  compressedBytes: 0,
  totalDuplicates: 0,
  postFilterLines: 0,
  headChunkStructuredMetadataBytes: 0,
  decompressedStructuredMetadataBytes: 0,
}
const NO_DATA_OBJECTS = {
  prePredicateDecompressedRows: 0,
  prePredicateDecompressedBytes: 0,
  prePredicateDecompressedStructuredMetadataBytes: 0,
  postPredicateRows: 0,
  postPredicateDecompressedBytes: 0,
  postPredicateStructuredMetadataBytes: 0,
  postFilterRows: 0,
  pagesScanned: 0,
  pagesDownloaded: 0,
  pagesDownloadedBytes: 0,
  pageBatches: 0,
  totalRowsAvailable: 0,
  totalPageDownloadTime: 0,
}
const NO_STORE = {
  totalChunksRef: 0,
  totalChunksDownloaded: 0,
  chunksDownloadTime: 0,
  queryReferencedStructuredMetadata: false,
  queryUsedV2Engine: false,
  chunk: NO_CHUNKS,
  chunkRefsFetchTime: 0,
  congestionControlLatency: 0,
  pipelineWrapperFilteredLines: 0,
  dataobj: NO_DATA_OBJECTS,
}
const NO_CACHE = {
  entriesFound: 0,
  entriesRequested: 0,
  entriesStored: 0,
  bytesReceived: 0,
  bytesSent: 0,
  requests: 0,
  downloadTime: 0,
  queryLengthServed: 0,
}
const CACHES = [
  'chunk',
  'index',
  'result',
  'statsResult',
  'volumeResult',
  'seriesResult',
  'labelResult',
  'instantMetricResult',
  'logResult',
  'taskResult',
]
const ALL_CACHES = Object.fromEntries(CACHES.map((name) => [name, NO_CACHE]))

/** The `stats` object as JSON text. */
export function encodeStats(stats: QueryStats): string {
  const seconds = stats.execMs / 1e3
  const perSecond = (amount: number): number => (seconds > 0 ? Math.round(amount / seconds) : 0)
  return JSON.stringify({
    summary: {
      bytesProcessedPerSecond: perSecond(stats.bytesScanned),
      linesProcessedPerSecond: perSecond(stats.linesScanned),
      totalBytesProcessed: stats.bytesScanned,
      totalLinesProcessed: stats.linesScanned,
      execTime: seconds,
      queueTime: stats.queueMs / 1e3,
      subqueries: 0,
      totalEntriesReturned: stats.entriesReturned,
      splits: 0,
      shards: 0,
      totalPostFilterLines: stats.linesMatched,
      totalStructuredMetadataBytesProcessed: 0,
    },
    querier: { store: NO_STORE, querierExecTime: seconds },
    ingester: { totalReached: 0, totalChunksMatched: 0, totalBatches: 0, totalLinesSent: 0, store: NO_STORE },
    cache: ALL_CACHES,
    index: {
      totalChunks: 0,
      postFilterChunks: 0,
      shardsDuration: 0,
      usedBloomFilters: false,
      totalStreams: stats.streams,
      chunkRefsLookupTime: 0,
      bloomFilterTime: 0,
    },
  })
}
