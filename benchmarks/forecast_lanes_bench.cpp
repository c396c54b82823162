// SPDX-License-Identifier: MIT
// forecast_first_passage_lanes: probability of liquidation of one account among many, in lanes, each with its own
// motion and horizon; the peer is our own scalar, one account after the other.
// forecast_band_exit: by which edge a band is left, and when; the peer is the textbook's formulas in plain libm.
#include <benchmark/benchmark.h>

#include <trimtab/forecast/band_exit.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#if __has_include(<xsimd/xsimd.hpp>)
#include <trimtab/forecast/first_passage_lanes.hpp>
#define TRIMTAB_BENCH_LANES
#endif

namespace {

using trimtab::forecast::band_exit;
using trimtab::forecast::exit_of;
using trimtab::forecast::motion;

constexpr std::size_t count = 256;

struct bands {
  std::array<motion, count> m;
  std::array<double, count> low, high, start;

  bands() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double a, double b) { return std::uniform_real_distribution<>(a, b)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      m[i] = {between(-0.6, 0.6), between(0.3, 1.2)};
      low[i] = between(0.05, 0.2), start[i] = low[i] + between(0.05, 0.3), high[i] = start[i] + between(0.05, 0.3);
    }
  }
};

/// As a textbook has it: e^{−θ·} and differences, fine where nothing cancels.
band_exit textbook(const motion& m, double low, double high, double start) {
  const double v = m.volatility * m.volatility, theta = 2.0 * m.drift / v, u = start - low, l = high - low;
  const double above = (1.0 - std::exp(-theta * u)) / (1.0 - std::exp(-theta * l));
  const double k = m.drift / v, whole = l / std::tanh(k * l);
  return {1.0 - above, above, (l * above - u) / m.drift, (whole - (l - u) / std::tanh(k * (l - u))) / m.drift,
          (whole - u / std::tanh(k * u)) / m.drift};
}

template <band_exit (*exit)(const motion&, double, double, double)>
void exits(benchmark::State& state) {
  static const bands inputs;
  for (std::size_t i = 0; i < count; ++i) {
    const band_exit ours = exit_of(inputs.m[i], inputs.low[i], inputs.high[i], inputs.start[i]);
    const band_exit theirs = textbook(inputs.m[i], inputs.low[i], inputs.high[i], inputs.start[i]);
    if (!(std::fabs(ours.mean_years - theirs.mean_years) <= 1e-6 * ours.mean_years)) {
      state.SkipWithError("the two disagree");
      return;
    }
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const band_exit e = exit(inputs.m[i], inputs.low[i], inputs.high[i], inputs.start[i]);
    benchmark::DoNotOptimize(e);
    i = (i + 1) % count;
  }
}
BENCHMARK(exits<exit_of>)->Name("forecast_band_exit/ours");
BENCHMARK(exits<textbook>)->Name("forecast_band_exit/peer");

#ifdef TRIMTAB_BENCH_LANES

struct accounts {
  std::vector<double> drift, volatility, log_health, years, out = std::vector<double>(count);

  accounts() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double a, double b) { return std::uniform_real_distribution<>(a, b)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      drift.push_back(between(-0.6, 0.6));
      volatility.push_back(between(0.3, 1.2));
      log_health.push_back(between(0.02, 0.6));
      years.push_back(between(0.002, 0.2));
    }
  }
};

void one_by_one(accounts& a) {
  for (std::size_t i = 0; i < count; ++i)
    a.out[i] =
        trimtab::forecast::liquidation_probability(motion{a.drift[i], a.volatility[i]}, a.log_health[i], a.years[i]);
}
void in_lanes(accounts& a) {
  static_cast<void>(trimtab::forecast::liquidation_probabilities(a.drift, a.volatility, a.log_health, a.years, a.out));
}

/// Time per account: an iteration is one sweep, the counter says how long an account took.
template <void (*sweep)(accounts&)>
void probabilities(benchmark::State& state) {
  accounts a, b;
  one_by_one(a);
  in_lanes(b);
  for (std::size_t i = 0; i < count; ++i) {
    if (!(std::fabs(a.out[i] - b.out[i]) <= 1e-12 * a.out[i])) {
      state.SkipWithError("lanes and scalar disagree");
      return;
    }
  }
  while (state.KeepRunningBatch(count)) {
    sweep(a);
    benchmark::DoNotOptimize(a.out.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(probabilities<in_lanes>)->Name("forecast_first_passage_lanes/ours");
BENCHMARK(probabilities<one_by_one>)->Name("forecast_first_passage_lanes/peer");

#endif

}  // namespace
