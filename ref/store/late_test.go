package store

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// What tidies up has a little time after a call was called off, and all the time otherwise.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		late, end := Late(ctx)
		defer end()
		time.Sleep(time.Hour)
		cancel()
		synctest.Wait()
		if late.Err() != nil {
			t.Error("it ends with the call")
		}
		time.Sleep(lateness)
		synctest.Wait()
		if late.Err() == nil {
			t.Error("it does not end")
		}
	})
}
