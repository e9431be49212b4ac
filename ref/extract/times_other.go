//go:build !unix || aix

package extract

import (
	"errors"
	"os"
	"time"
)

// setFarTime gives no file such a time here.
func setFarTime(*os.Root, string, time.Time) error { return errors.ErrUnsupported }
