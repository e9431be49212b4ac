// Package versitygw names the version of the S3 server that the tests of the s3 store run:
// in a module of its own, since what the server needs is none of the store's business.
package versitygw
