// SPDX-License-Identifier: MIT
// forecast_renewal_cost: cost rate of a band with gas, spread, impact, latency, jumps and tracking; the peer integrates
// the Green's function with 16 Gauss-Legendre points on either side of the target, latency and trades by the textbook.
// forecast_best_band: the band of lowest cost rate with its certificate; the peer is Nelder and Mead's simplex from one
// start on the same cost, without floor or certificate, stopped at 1e-8. Inputs: health 1.3 to 2 wanted, volatility 0.3
// to 1.2, gas 1 to 100, equity a million.
#include <benchmark/benchmark.h>

#include <trimtab/forecast/best_band.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace trimtab::forecast;

constexpr std::size_t count = 64;

struct inputs {
  std::vector<band_economics> economics;
  std::vector<log_band> bands;
  inputs() {
    std::mt19937_64 engine(20140301);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      band_economics e{.health = {.drift = between(-0.5, 0.5), .volatility = between(0.3, 1.2)},
                       .jumps = {.rate = 10.0, .up_share = 0.5, .up_decay = 20.0, .down_decay = 20.0},
                       .threshold = 0.8,
                       .equity = 1e6,
                       .gas = between(1.0, 100.0),
                       .cost = between(1e-4, 1e-3),
                       .impact = 1e-9,
                       .latency = between(15.0, 120.0) / 31536000.0,
                       .loss = 1e5,
                       .wanted = between(1.3, 2.0)};
      e.tracking = tracking_for(1.0, e);
      economics.push_back(e);
      const double middle = std::log(e.wanted), half = 0.4 * middle * between(0.3, 1.0);
      bands.push_back({middle - half, middle, middle + 1.2 * half});
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};

double plain_cost(const band_economics& e, const log_band& band) {
  static constexpr std::array<double, 8> nodes = {0.0950125098376374, 0.2816035507792589, 0.4580167776572274,
                                                  0.6178762444026438, 0.7554044083550030, 0.8656312023878318,
                                                  0.9445750230732326, 0.9894009349916499};
  static constexpr std::array<double, 8> weights = {0.1894506104550685, 0.1826034150449236, 0.1691565193950025,
                                                    0.1495959888165767, 0.1246289712555339, 0.0951585116824928,
                                                    0.0622535239386479, 0.0271524594117541};
  const double a = band.lower, z = band.target, b = band.upper, nu = e.health.drift, s = e.health.volatility;
  const double theta = 2.0 * nu / (s * s), wanted = std::log(e.wanted),
               hazard = e.jumps.rate * (1.0 - e.jumps.up_share);
  const auto scale = [&](double x) { return -std::expm1(-theta * (x - a)) / theta; };
  const double sz = scale(z), sb = scale(b), above = sz / sb, below = 1.0 - above;
  const auto f = [&](double x) {
    return e.tracking * (x - wanted) * (x - wanted) + hazard * e.loss * std::exp(-e.jumps.down_decay * x);
  };
  double paid = 0.0, years = 0.0;
  for (int side = 0; side < 2; ++side) {
    const double from = side == 0 ? a : z, to = side == 0 ? z : b, half = 0.5 * (to - from), mid = 0.5 * (to + from);
    for (std::size_t k = 0; k < 16; ++k) {
      const double y = mid + (k % 2 == 0 ? half : -half) * nodes[k / 2];
      const double near = side == 0 ? scale(y) : sz, far = side == 0 ? sz : scale(y);
      const double g = weights[k / 2] * half * 2.0 / (s * s) * near * (sb - far) / sb * std::exp(theta * (y - a));
      years += g, paid += g * f(y);
    }
  }
  const double h = std::exp(z), w = e.threshold, debt = e.equity * w / (h - w);
  const double p = h * (1.0 - e.cost) - w, sold = debt * (h - std::exp(a)), bought = debt * (std::exp(b) - h);
  const double room = p * p - 4.0 * h * e.impact * sold, r = h - w * (1.0 - e.cost);
  if (!(p > 0.0 && room > 0.0 && a > 0.0)) return trimtab::infinity;
  const double qa = 2.0 * sold / (p + std::sqrt(room)),
               qb = 2.0 * bought / (r + std::sqrt(r * r + 4.0 * w * e.impact * bought));
  const double spread = s * std::sqrt(e.latency), up = (a + nu * e.latency) / spread,
               down = (a - nu * e.latency) / spread;
  const double caught =
      0.5 * std::erfc(up / std::sqrt(2.0)) + std::exp(-theta * a) * 0.5 * std::erfc(down / std::sqrt(2.0));
  return (e.gas + below * (qa * (e.cost + e.impact * qa) + e.loss * caught) + above * qb * (e.cost + e.impact * qb) +
          paid) /
         years;
}

double simplex(const band_economics& e) {
  const log_band rule = rule_in_logs(e);
  const double half = std::min(rule.upper - rule.target, 0.6 * rule.target);
  const auto f = [&](const std::array<double, 3>& x) {
    const auto cost = cost_in_logs(e, {x[1] - std::exp(x[0]), x[1], x[1] + std::exp(x[2])});
    return cost ? cost->per_year : trimtab::infinity;
  };
  std::array<std::array<double, 3>, 4> x;
  x.fill({std::log(half), rule.target, std::log(half)});
  x[1][0] += 0.3, x[2][1] += 0.3 * half, x[3][2] += 0.3;
  std::array<double, 4> y{f(x[0]), f(x[1]), f(x[2]), f(x[3])};
  for (int k = 0; k < 400; ++k) {
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return y[i] < y[j]; });
    const std::size_t worst = order[3];
    if (y[worst] - y[order[0]] <= 1e-8 * y[order[0]]) return y[order[0]];
    const auto along = [&](double t) {
      std::array<double, 3> p{};
      for (std::size_t i = 0; i < 3; ++i) {
        const double middle = (x[order[0]][i] + x[order[1]][i] + x[order[2]][i]) / 3.0;
        p[i] = middle + t * (x[worst][i] - middle);
      }
      return p;
    };
    auto p = along(-1.0);
    double v = f(p);
    if (v < y[order[0]]) {
      const auto further = along(-2.0);
      const double u = f(further);
      if (u < v) p = further, v = u;
    } else if (!(v < y[order[2]])) {
      p = along(v < y[worst] ? -0.5 : 0.5), v = f(p);
    }
    if (v < y[worst]) {
      x[worst] = p, y[worst] = v;
      continue;
    }
    for (std::size_t j = 1; j < 4; ++j) {
      for (std::size_t i = 0; i < 3; ++i) x[order[j]][i] = 0.5 * (x[order[j]][i] + x[order[0]][i]);
      y[order[j]] = f(x[order[j]]);
    }
  }
  return *std::min_element(y.begin(), y.end());
}

template <class F>
void each(benchmark::State& state, F f) {
  const inputs& in = inputs::get();
  for (std::size_t k = 0; k < count; ++k) {
    const double ours = best_band_of(in.economics[k])->cost.per_year, plain = simplex(in.economics[k]);
    const double closed = cost_in_logs(in.economics[k], in.bands[k])->per_year;
    const double integrated = plain_cost(in.economics[k], in.bands[k]);
    if (!(std::fabs(ours / plain - 1.0) < 1e-3 && std::fabs(closed / integrated - 1.0) < 1e-6)) {
      state.SkipWithError("the two disagree");
      return;
    }
  }
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(f(in.economics[i], in.bands[i]));
    i = (i + 1) % count;
  }
}

void renewal_trimtab(benchmark::State& state) {
  each(state, [](const auto& e, const auto& band) { return cost_in_logs(e, band); });
}
void renewal_peer(benchmark::State& state) {
  each(state, [](const auto& e, const auto& band) { return plain_cost(e, band); });
}
void best_trimtab(benchmark::State& state) {
  each(state, [](const auto& e, const auto&) { return best_band_of(e); });
}
void best_peer(benchmark::State& state) {
  each(state, [](const auto& e, const auto&) { return simplex(e); });
}

BENCHMARK(renewal_trimtab)->Name("forecast_renewal_cost/ours");
BENCHMARK(renewal_peer)->Name("forecast_renewal_cost/peer");
BENCHMARK(best_trimtab)->Name("forecast_best_band/ours");
BENCHMARK(best_peer)->Name("forecast_best_band/peer");

}  // namespace
