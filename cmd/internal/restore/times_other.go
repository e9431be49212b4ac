//go:build !unix || aix

package restore

import (
	"errors"
	"os"
	"time"
)

// setFarTime gives no file such a time here.
func setFarTime(*os.Root, string, time.Time) error { return errors.ErrUnsupported }
