// SPDX-License-Identifier: MIT
// forecast_renewal_cost: long-run cost rate of a band with all of its parts, latency and jumps included; the peer takes
// exit probabilities from the textbook, the integrals of tracking and jumps by 16-point Gauss–Legendre on either side
// of the target against the Green's function, and first passage from libm. forecast_best_band: the band of least cost,
// from two starts, with its certificate; the peer is the simplex of Nelder and Mead on the same cost from one start,
// the rule's band, until the simplex spans 1e-9 of the cost.
#include <benchmark/benchmark.h>

#include <trimtab/forecast/best_band.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::forecast;

constexpr std::size_t count = 256;

struct inputs {
  std::vector<band_economics> economics;
  std::vector<log_band> bands;
  inputs() {
    std::mt19937_64 engine(20140101);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    const auto decade = [&](double low, double high) { return std::exp(between(std::log(low), std::log(high))); };
    while (economics.size() < count) {
      band_economics e{.health = {.drift = between(-0.5, 0.5), .volatility = between(0.3, 1.2)},
                       .jumps = {.rate = between(0.0, 10.0), .up_share = 0.5, .down_decay = between(10.0, 40.0)},
                       .threshold = 0.83,
                       .equity = decade(1e4, 1e6),
                       .gas = decade(0.5, 50.0),
                       .cost = decade(1e-4, 5e-3),
                       .impact = 1e-9,
                       .latency = decade(12.0, 600.0) / 31536000.0,
                       .wanted = between(1.15, 1.7)};
      e.loss = 0.05 * e.equity;
      e.tracking = tracking_for(between(1.0, 5.0), e);
      const auto best = best_band_of(e);
      if (!best) continue;
      economics.push_back(e);
      bands.push_back(log_of(best->rule));
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};

double plain_hit(double nu, double sigma, double x, double years) {
  const double spread = sigma * std::sqrt(years);
  const auto normal = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  return normal(-(x + nu * years) / spread) +
         std::exp(-2.0 * nu * x / (sigma * sigma)) * normal((nu * years - x) / spread);
}

constexpr std::array<std::pair<double, double>, 8> gauss_16{{{0.0950125098376374, 0.1894506104550685},
                                                             {0.2816035507792589, 0.1826034150449236},
                                                             {0.4580167776572274, 0.1691565193950025},
                                                             {0.6178762444026438, 0.1495959888165767},
                                                             {0.7554044083550030, 0.1246289712555339},
                                                             {0.8656312023878318, 0.0951585116824928},
                                                             {0.9445750230732326, 0.0622535239386479},
                                                             {0.9894009349916499, 0.0271524594117541}}};

double plain_cost(const band_economics& e, const log_band& band) {
  const double nu = e.health.drift, sigma = e.health.volatility, theta = 2.0 * nu / (sigma * sigma);
  const double a = band.lower, z = band.target, b = band.upper, m = std::log(e.wanted);
  const auto scale = [&](double x) { return (1.0 - std::exp(-theta * (x - a))) / theta; };
  const double at_b = scale(b), at_z = scale(z), above = at_z / at_b, below = 1.0 - above;
  const double years = ((b - a) * above - (z - a)) / nu, jumping = e.jumps.rate * (1.0 - e.jumps.up_share) * e.loss;
  double running = 0.0;
  for (const auto& [from, to] : {std::pair{a, z}, std::pair{z, b}}) {
    const double half = 0.5 * (to - from), middle = 0.5 * (to + from);
    const auto at = [&](double y) {
      const double s = scale(y), low = y < z ? s : at_z, high = y < z ? at_z : s;
      return low * (at_b - high) / at_b * std::exp(theta * (y - a)) *
             (e.tracking * (y - m) * (y - m) + jumping * std::exp(-e.jumps.down_decay * y));
    };
    for (const auto& [node, weight] : gauss_16)
      running += 2.0 / (sigma * sigma) * weight * half * (at(middle - half * node) + at(middle + half * node));
  }
  const double h = std::exp(z), w = e.threshold, debt = e.equity / (h / w - 1.0);
  const double sell = h * (1.0 - e.cost) - w, buy = h - w * (1.0 - e.cost);
  const double short_of = debt * (h - std::exp(a)), beyond = debt * (std::exp(b) - h);
  const double sold = (sell - std::sqrt(sell * sell - 4.0 * h * e.impact * short_of)) / (2.0 * h * e.impact);
  const double bought = (std::sqrt(buy * buy + 4.0 * w * e.impact * beyond) - buy) / (2.0 * w * e.impact);
  return (below * (e.gas + e.cost * sold + e.impact * sold * sold + e.loss * plain_hit(nu, sigma, a, e.latency)) +
          above * (e.gas + e.cost * bought + e.impact * bought * bought) + running) /
         years;
}

double our_cost(const band_economics& e, const log_band& band) {
  return cost_in_logs(e, band)->per_year;
}

template <double (*Cost)(const band_economics&, const log_band&)>
void renewal_cost(benchmark::State& state) {
  const inputs& in = inputs::get();
  for (std::size_t i = 0; i < count; ++i) {
    if (!(std::fabs(plain_cost(in.economics[i], in.bands[i]) / our_cost(in.economics[i], in.bands[i]) - 1.0) < 1e-6)) {
      state.SkipWithError("the two disagree");
      return;
    }
  }
  std::size_t i = 0;
  for (auto _ : state) {
    double cost = Cost(in.economics[i], in.bands[i]);
    benchmark::DoNotOptimize(cost);
    i = (i + 1) % count;
  }
}
BENCHMARK(renewal_cost<our_cost>)->Name("forecast_renewal_cost/ours");
BENCHMARK(renewal_cost<plain_cost>)->Name("forecast_renewal_cost/peer");

double simplex_from(const band_economics& e, double shift, double below, double above) {
  using point = std::array<double, 3>;
  double floor = std::log(band_wishes{}.least_lower);
  floor = std::max(floor, *required_log_health(e.health, band_wishes{}.latency_risk, e.latency));
  const auto cost = [&](const point& p) {
    const double lower = p[1] - std::exp(p[0]);
    if (!(lower >= floor)) return infinity;
    const auto c = cost_in_logs(e, {lower, p[1], p[1] + std::exp(p[2])});
    return c ? c->per_year : infinity;
  };
  const double centre = std::max(std::log(e.wanted), floor + 0.01);
  const double h = jump_rule(e).half_width, target = centre + shift * h,
               down = std::min(below * h, 0.9 * (target - floor));
  std::array<std::pair<double, point>, 4> simplex;
  for (std::size_t i = 0; i < 4; ++i) {
    point p{std::log(down), target, std::log(above * h)};
    if (i > 0) p[i - 1] += i == 2 ? 0.1 * down : 0.1;
    simplex[i] = {cost(p), p};
  }
  for (int n = 0; n < 1000; ++n) {
    std::sort(simplex.begin(), simplex.end());
    if (simplex[3].first - simplex[0].first < 1e-9 * simplex[0].first) break;
    point middle{};
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j) middle[j] += simplex[i].second[j] / 3.0;
    const auto towards = [&](double t) {
      point p;
      for (std::size_t j = 0; j < 3; ++j) p[j] = middle[j] + t * (simplex[3].second[j] - middle[j]);
      return std::pair{cost(p), p};
    };
    const auto reflected = towards(-1.0);
    if (reflected.first < simplex[0].first) {
      simplex[3] = std::min(reflected, towards(-2.0));
    } else if (reflected.first < simplex[2].first) {
      simplex[3] = reflected;
    } else if (const auto in = towards(reflected.first < simplex[3].first ? -0.5 : 0.5);
               in.first < std::min(reflected.first, simplex[3].first)) {
      simplex[3] = in;
    } else {
      for (std::size_t i = 1; i < 4; ++i) {
        for (std::size_t j = 0; j < 3; ++j) simplex[i].second[j] = 0.5 * (simplex[i].second[j] + simplex[0].second[j]);
        simplex[i].first = cost(simplex[i].second);
      }
    }
  }
  return simplex[0].first;
}

double simplex_cost(const band_economics& e) {
  return std::min(simplex_from(e, 0.0, 1.0, 1.0), simplex_from(e, 0.5, 1.5, 2.0));
}

double newton_cost(const band_economics& e) {
  return best_band_of(e)->cost.per_year;
}

template <double (*Least)(const band_economics&)>
void best_band(benchmark::State& state) {
  const inputs& in = inputs::get();
  double worse = 0.0;  // how far the least cost of this side is above that of the other, at most
  for (const band_economics& e : in.economics)
    worse = std::max(worse, Least(e) / std::min(newton_cost(e), simplex_cost(e)) - 1.0);
  state.counters["worse_at_most"] = worse;
  std::size_t i = 0;
  for (auto _ : state) {
    double cost = Least(in.economics[i]);
    benchmark::DoNotOptimize(cost);
    i = (i + 1) % count;
  }
}
BENCHMARK(best_band<newton_cost>)->Name("forecast_best_band/ours")->Unit(benchmark::kMicrosecond);
BENCHMARK(best_band<simplex_cost>)->Name("forecast_best_band/peer")->Unit(benchmark::kMicrosecond);

}  // namespace
