// SPDX-License-Identifier: MIT
// N11: a sale into the pool that the oracle follows, by the cubic; the peer re-sizes at each new price until it
// settles.
#include <benchmark/benchmark.h>

#include <trimtab/sizing/reflexive.hpp>

#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace trimtab;

struct situation {
  sizing::reflexive_terms terms;
  liquidity::constant_product pool;
};

double by_prices(const sizing::reflexive_terms& t, const liquidity::constant_product& v) {
  double x = 0.0;
  for (int i = 0; i < 10'000; ++i) {
    const double a = v.depth(), spot = a * v.reserve_in / ((a + x) * (v.reserve_in + x));
    const double price = t.weighted_price * (1.0 - t.pass_through + t.pass_through * spot);
    const double lacking = t.target * t.debt - t.other_collateral - price * t.held;
    const double b = t.target * t.repaid_per_out * v.reserve_out - lacking - price * a;
    const double next = 2.0 * lacking * a / (b + std::sqrt(b * b - 4.0 * price * lacking * a));
    if (!(std::fabs(next - x) > 1e-12 * x)) return next;
    x = next;
  }
  return x;
}

// Where both arrive: a loop gain below one half.
const std::vector<situation>& cases() {
  static const std::vector<situation> all = [] {
    std::mt19937_64 engine(20221211);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    std::vector<situation> found;
    while (found.size() < 1024) {
      situation s;
      s.terms = {.held = between(100.0, 2000.0),
                 .weighted_price = 1600.0,
                 .repaid_per_out = 1.0,
                 .pass_through = between(0.1, 1.0),
                 .target = between(1.1, 1.5)};
      s.terms.debt = s.terms.held * 1600.0 / (s.terms.target * between(0.8, 0.99));
      s.pool = {.reserve_in = s.terms.held * between(3.0, 30.0), .fee = {30.0}};
      s.pool.reserve_out = s.pool.reserve_in * 2000.0;
      const auto sale = reflexive_size(s.terms, s.pool);
      if (sale.status == errc::ok && sale.loop_gain < 0.5 &&
          std::fabs(by_prices(s.terms, s.pool) / sale.size - 1.0) < 1e-9)
        found.push_back(s);
    }
    return found;
  }();
  return all;
}

void ours(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) {
    const situation& s = cases()[i++ % 1024];
    benchmark::DoNotOptimize(reflexive_size(s.terms, s.pool));
  }
}
void peer(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) {
    const situation& s = cases()[i++ % 1024];
    benchmark::DoNotOptimize(by_prices(s.terms, s.pool));
  }
}
BENCHMARK(ours)->Name("N11/ours");
BENCHMARK(peer)->Name("N11/peer");

}  // namespace
