/** The label that marks sample records and sample series, and by which they are removed. */
export const SAMPLE_LABEL = 'girok_sample'
