// SPDX-License-Identifier: MIT
// N2_v3_swap: a whole exact Uniswap v3 swap, 0.05 % fee, 40 initialised ticks of a USDC/WETH pool, from a dollar to
// all there is, both ways, exact in and exact out; counters: steps and initialised ticks crossed for each swap.
// N2_v3_step: one step of such a swap, inside a range or to its end. N2_v2_swap: amount out of a v2 pair and amount in
// for that. No peer in C++.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/uniswap_v2_exact.hpp>
#include <trimtab/liquidity/uniswap_v3_exact.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using trimtab::errc;
using trimtab::uint256;
using trimtab::units;
using trimtab::liquidity::exact_order;
using trimtab::liquidity::exact_tick;
using trimtab::liquidity::sqrt_price_at;
using trimtab::liquidity::uniswap_v2_exact;
using trimtab::liquidity::uniswap_v3_exact;

constexpr std::size_t count = 256;
constexpr std::int32_t centre = 200'280, spacing = 10, ranges = 20;

std::uint64_t draw(std::uint64_t stream, std::uint64_t n) {
  return trimtab::simulate::counter_random{.seed = 1, .stream = stream}.bits(n);
}

struct inputs {
  std::array<exact_tick, 2 * ranges> ticks{};
  uniswap_v3_exact pool{};
  std::vector<exact_order> orders;
  std::vector<uniswap_v2_exact> pairs;
  std::vector<units> paid;

  inputs() {
    std::uint64_t liquidity = 0;
    for (std::int32_t k = 1; k <= ranges; ++k) {  // nested ranges round the price
      const std::uint64_t amount =
          100'000'000'000'000'000 + draw(0, static_cast<std::uint64_t>(k)) % 100'000'000'000'000'000;
      liquidity += amount;
      ticks[static_cast<std::size_t>(ranges - k)] = {
          .index = centre - spacing * k, .falls = false, .net = uint256{amount}};
      ticks[static_cast<std::size_t>(ranges + k - 1)] = {
          .index = centre + spacing * k, .falls = true, .net = uint256{amount}};
    }
    pool = {.sqrt_price = *sqrt_price_at(centre)->add(uint256{1'000'000'007}),
            .tick = centre,
            .liquidity = uint256{liquidity},
            .fee_pips = 500,
            .tick_spacing = spacing,
            .ticks = ticks};
    for (std::uint64_t i = 0; i < count; ++i) {
      const bool down = i % 2 == 0, exact_in = i % 3 != 0, first = down == exact_in;  // is the amount of token 0?
      const std::uint64_t unit = first ? 1'000'000 : 1'000'000'000'000'000, of = first ? 24 : 20;
      orders.push_back({.zero_for_one = down,
                        .exact_in = exact_in,
                        .amount = *uint256{unit}.multiply(uint256{std::uint64_t{1} << (draw(1, i) % of)}),
                        .sqrt_price_limit = *sqrt_price_at(down ? centre - 300 : centre + 300)});
      pairs.push_back({.reserve_in = units{1 + (draw(2, i) >> (draw(3, i) % 32))},
                       .reserve_out = units{1'000'000 + (draw(4, i) >> (draw(5, i) % 32))}});
      paid.push_back(units{(pairs.back().reserve_in.low() >> (draw(6, i) % 20)) + 1});
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};

void v3_swap(benchmark::State& state) {
  const inputs& all = inputs::get();
  if (all.pool.validate() != errc::ok) return state.SkipWithError("no such pool");
  double steps = 0.0, crossed = 0.0;
  for (const exact_order& o : all.orders) {
    const auto done = all.pool.swap(o);
    if (!done.has_value()) return state.SkipWithError("a swap is refused");
    steps += done->steps, crossed += done->ticks_crossed;
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const auto done = all.pool.swap(all.orders[i++ % count]);
    benchmark::DoNotOptimize(done.value().amount_out);
  }
  state.counters["steps"] = steps / static_cast<double>(count);
  state.counters["crossed"] = crossed / static_cast<double>(count);
}
void v3_step(benchmark::State& state) {
  const inputs& all = inputs::get();
  const uint256 up = *sqrt_price_at(centre + spacing), down = *sqrt_price_at(centre - spacing);
  std::size_t i = 0;
  for (auto _ : state) {
    const exact_order& o = all.orders[i++ % count];
    const auto step = trimtab::liquidity::swap_step(all.pool.sqrt_price, o.zero_for_one ? down : up, all.pool.liquidity,
                                                    o.amount, all.pool.fee_pips, o.exact_in);
    benchmark::DoNotOptimize(step.value().amount_out);
  }
}
void v2_swap(benchmark::State& state) {
  const inputs& all = inputs::get();
  for (std::size_t i = 0; i < count; ++i) {
    const auto y = all.pairs[i].amount_out(all.paid[i]);
    if (!y.has_value() || !all.pairs[i].amount_in(*y).has_value()) return state.SkipWithError("a swap is refused");
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const std::size_t n = i++ % count;
    const auto y = all.pairs[n].amount_out(all.paid[n]);
    benchmark::DoNotOptimize(all.pairs[n].amount_in(*y).value());
  }
}
BENCHMARK(v3_swap)->Name("N2_v3_swap/ours");
BENCHMARK(v3_step)->Name("N2_v3_step/ours");
BENCHMARK(v2_swap)->Name("N2_v2_swap/ours");

}  // namespace
