package vaultd

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/coffer-format/coffer/ref/vault"
)

// Metrics are what is counted of a vault, over all accounts. [VLT-59]
type Metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec   // by name, and status or what else became of it
	latency     *prometheus.HistogramVec // by name
	events      *prometheus.CounterVec   // by kind
	notices     *prometheus.CounterVec   // by what became of them
	connections prometheus.Gauge
	group       prometheus.Histogram
	guard       prometheus.Gauge
	certificate prometheus.Gauge
	panics      prometheus.Counter
}

// NewMetrics returns metrics of their own registry.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coffer_vault_requests_total", Help: "Requests by name, and status of the answer or why there is none.",
		}, []string{"name", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "coffer_vault_request_seconds", Help: "Time from the end of a request to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 15),
		}, []string{"name"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coffer_vault_records_total", Help: "What has happened to records: registered, live, superseded, destroyed, attempt, success.",
		}, []string{"event"}),
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coffer_vault_notices_total", Help: "Events that the account service was told, or not: told, failed, dropped.",
		}, []string{"outcome"}),
		connections: prometheus.NewGauge(prometheus.GaugeOpts{Name: "coffer_vault_connections", Help: "Open connections."}),
		group: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "coffer_vault_commit_changes", Help: "Changes that were stored at once.", Buckets: prometheus.ExponentialBuckets(1, 2, 11),
		}),
		guard:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "coffer_vault_guard_change", Help: "Number of the last change, as the guard has it."}),
		certificate: prometheus.NewGauge(prometheus.GaugeOpts{Name: "coffer_vault_certificate_end_seconds", Help: "When the certificate of the channel key ends, in seconds since 1970."}),
		panics:      prometheus.NewCounter(prometheus.CounterOpts{Name: "coffer_vault_panics_total", Help: "Requests that met an error of the program."}),
	}
	m.registry.MustRegister(m.requests, m.latency, m.events, m.notices, m.connections, m.group, m.guard, m.certificate, m.panics)
	for _, kind := range []Kind{Registered, BecameLive, Superseded, Gone, Attempt, success} {
		m.events.WithLabelValues(string(kind))
	}
	for _, name := range vault.Names() {
		m.latency.WithLabelValues(name)
	}
	return m
}

// Stored is told of each group of changes; it is what BoltOptions have.
func (m *Metrics) Stored(group int, number uint64) {
	if group > 0 {
		m.group.Observe(float64(group))
	}
	m.guard.Set(float64(number))
}

func (m *Metrics) happened(events []*Event) {
	for i := range events {
		m.events.WithLabelValues(string(events[i].Kind)).Inc()
	}
}

func (m *Metrics) asked(name, status string, took time.Duration) {
	m.requests.WithLabelValues(name, status).Inc()
	m.latency.WithLabelValues(name).Observe(took.Seconds())
}

// handler shows the metrics as Prometheus reads them.
func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
}
