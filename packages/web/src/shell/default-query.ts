/** A query that matches all that is stored: every record has a service name. */
export const defaultQuery = '{service_name=~".+"}'
