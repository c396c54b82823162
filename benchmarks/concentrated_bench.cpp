// SPDX-License-Identifier: MIT
// N1_concentrated: what a pool of 1000 initialised ticks pays for an amount; N1_concentrated_at_price: what takes it to
// a price. Amounts end anywhere between the next tick and the last; the pool's price is in the middle. The peer walks
// the same ticks one by one in doubles, as a simulator of swaps does.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/concentrated.hpp>

#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::concentrated;

constexpr std::size_t how_many = 1024, tick_count = 1000;

struct walked_tick {
  double root, liquidity;  // liquidity above it
};

// First token in, the price falls. `beyond` is where a walk to a price stops.
double walk_out(const std::vector<walked_tick>& ticks, std::size_t range, double root, double fee, double x) {
  double left = x * (1.0 - fee), out = 0.0;
  for (std::size_t i = range + 1; i-- > 0;) {
    const double liquidity = ticks[i].liquidity, edge = ticks[i].root;
    const double take = liquidity * (root - edge) / (root * edge);
    if (left <= take) {
      const double next = liquidity * root / (liquidity + left * root);
      return out + liquidity * (root - next);
    }
    out += liquidity * (root - edge);
    left -= take;
    root = edge;
  }
  return out;
}
double walk_to(const std::vector<walked_tick>& ticks, std::size_t range, double root, double fee, double limit) {
  double in = 0.0;
  for (std::size_t i = range + 1; i-- > 0;) {
    const double edge = ticks[i].root, stop = edge > limit ? edge : limit;
    in += ticks[i].liquidity * (root - stop) / (root * stop);
    if (stop == limit) break;
    root = edge;
  }
  return in / (1.0 - fee);
}

struct inputs {
  std::vector<liquidity::initialised_tick> ticks;
  std::vector<liquidity::tick_node> nodes = std::vector<liquidity::tick_node>(tick_count);
  std::vector<walked_tick> walked;
  concentrated pool;
  std::vector<double> amounts;
  std::vector<executable_price<double>> prices;
  bool sound = true;

  inputs() {
    std::mt19937_64 engine(20210505);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    double liquidity = 0.0;
    for (std::size_t i = 0; i < tick_count; ++i) {
      const double next = i + 1 == tick_count ? 0.0 : std::floor(between(1e5, 1e7));
      ticks.push_back({(static_cast<std::int32_t>(i) - 500) * 10, next - liquidity});
      liquidity = next;
    }
    pool = {.ticks = *build_tick_table(ticks, nodes), .sqrt_price = 1.0001, .gas_units = 1e5, .gas_per_tick = 2e4};
    pool = pool.placed();
    for (const auto& node : nodes) walked.push_back({node.sqrt_price.high, node.liquidity});
    for (std::size_t i = 0; i < how_many; ++i) {
      amounts.push_back(pool.capacity() * between(0.0, 1.0));
      prices.push_back(pool.marginal_price(amounts.back()));
      const double fee = pool.fee.fraction();
      const double out = walk_out(walked, pool.hint, pool.sqrt_price.high, fee, amounts.back());
      const double in = walk_to(walked, pool.hint, pool.sqrt_price.high, fee, limit(prices.back()));
      sound = sound && std::fabs(out / pool.amount_out(amounts.back()) - 1.0) < 1e-9 &&
              std::fabs(in / pool.amount_at(prices.back()) - 1.0) < 1e-9;
    }
  }
  double limit(executable_price<double> price) const { return std::sqrt(price.value / (1.0 - pool.fee.fraction())); }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};

void ours(benchmark::State& state) {
  const inputs& in = inputs::get();
  if (!in.sound) return state.SkipWithError("the walks differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(in.pool.amount_out(in.amounts[i++ % how_many]));
}
void peer(benchmark::State& state) {
  const inputs& in = inputs::get();
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        walk_out(in.walked, in.pool.hint, in.pool.sqrt_price.high, in.pool.fee.fraction(), in.amounts[i++ % how_many]));
}
void ours_at_price(benchmark::State& state) {
  const inputs& in = inputs::get();
  if (!in.sound) return state.SkipWithError("the walks differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(in.pool.amount_at(in.prices[i++ % how_many]));
}
void peer_at_price(benchmark::State& state) {
  const inputs& in = inputs::get();
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(walk_to(in.walked, in.pool.hint, in.pool.sqrt_price.high, in.pool.fee.fraction(),
                                     in.limit(in.prices[i++ % how_many])));
}
BENCHMARK(ours)->Name("N1_concentrated/ours");
BENCHMARK(peer)->Name("N1_concentrated/peer");
BENCHMARK(ours_at_price)->Name("N1_concentrated_at_price/ours");
BENCHMARK(peer_at_price)->Name("N1_concentrated_at_price/peer");

}  // namespace
