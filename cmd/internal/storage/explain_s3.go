package storage

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/store/s3"
)

// explainS3 says why a bucket cannot be used.
func explainS3(server, bucket string, err error) *Error {
	explained := func(advice, format string, args ...any) *Error {
		return &Error{fmt.Sprintf(format, args...), advice, err}
	}
	if errors.Is(err, s3.ErrNoCredentials) {
		return explained("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them into ~/.aws/credentials, where AWS_PROFILE chooses the profile",
			"there are no credentials for the bucket %s", display.Name(bucket))
	}
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		if network := ExplainNetwork(server, err); network != nil {
			return network
		}
		return explained("", "the bucket %s at %s cannot be used: %v", display.Name(bucket), server, err)
	}
	switch answer.Code {
	case minio.NoSuchBucket:
		return explained("make it, or check its name and where the server is (AWS_ENDPOINT_URL_S3)", "there is no bucket %s at %s", display.Name(bucket), server)
	case minio.InvalidAccessKeyID, "XAdminUserNotFound": // that of versitygw
		return explained("check AWS_ACCESS_KEY_ID or ~/.aws/credentials, and where the server is (AWS_ENDPOINT_URL_S3)", "%s does not know the access key", server)
	case minio.SignatureDoesNotMatch:
		return explained("check AWS_SECRET_ACCESS_KEY or ~/.aws/credentials", "%s refuses the secret access key", server)
	case "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
		return explained("log in again, and check AWS_SESSION_TOKEN", "%s does not accept the session token: it has expired or is of another key", server)
	case minio.RequestTimeTooSkewed:
		return explained("set the clock", "the clock of this computer is wrong, and %s therefore accepts nothing from it", server)
	case minio.AuthorizationHeaderMalformed, minio.InvalidRegion, "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException":
		return explained("set AWS_REGION to its region"+is(answer.Region), "the bucket %s is in another region than AWS_REGION says", display.Name(bucket))
	case "QuotaExceeded", "XMinioStorageFull":
		return full(server, bucket, err)
	}
	switch {
	case answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusUnauthorized:
		return explained("whoever keeps the bucket must allow this access key to list, read, write and delete in it",
			"%s denies access to the bucket %s", server, display.Name(bucket))
	case answer.StatusCode == http.StatusInsufficientStorage:
		return full(server, bucket, err)
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		return explained(tryLater, "%s has too much to do or does not work at the moment (%s)", server, answer.Code)
	}
	return explained("", "%s refuses what was asked of the bucket %s: %v", server, display.Name(bucket), err)
}

func full(server, bucket string, err error) *Error {
	return &Error{fmt.Sprintf("the bucket %s at %s is full", display.Name(bucket), server), "make room there; what is in it is whole", err}
}

func is(region string) string {
	if region == "" {
		return ""
	}
	return ", which is " + region
}
