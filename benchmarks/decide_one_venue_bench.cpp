// SPDX-License-Identifier: MIT
// decide_one_venue: the whole decision for an account below its band, down to the certified trade through one pool.
#include <benchmark/benchmark.h>

#include "plain.hpp"

namespace {

using namespace bench;

plain_answer plain_decide(const plain_world& w) {
  const auto sides = plain_values(w);
  if (!sides) return {};
  plain_answer out{.health = sides->debt > 0.0 ? sides->collateral / sides->debt : infinity};
  const bool cooled = w.now - w.last_fill >= 600;
  out.trade = out.health <= 1.05 || (out.health <= 1.15 && cooled);
  if (!out.trade) return out;
  const plain_quote &sold = w.quotes.at("WETH"), &owed = w.quotes.at("USDC");
  const double floor = sold.reference / owed.reference * 0.9, premium = 0.0005;
  out.sold = plain_size(sides->collateral, sides->debt, plain_thresholds().at("WETH") * sold.price, owed.price,
                        w.reserve_in, w.reserve_out, bonus_free_target, premium * floor / (1.0 + premium));
  out.trade = out.sold > 0.0 && out.sold <= w.positions[0].collateral &&
              w.reserve_out * out.sold / (w.reserve_in / 0.997 + out.sold) >= floor * out.sold;
  return out;
}

struct inputs {
  std::vector<world> ours = worlds(1.01, 1.15);
  std::vector<plain_world> plain = plain_worlds(ours);
  std::vector<snapshot<pool>> looks;
  bool sound = true;
  inputs() {
    for (std::size_t i = 0; i < how_many; ++i) {
      looks.push_back(ours[i].look());
      const auto d = keeper({}, looks[i]);
      const auto p = plain_decide(plain[i]);
      sound = sound && d.verdict == verdict::rebalance && p.trade && std::fabs(d.trade.sold / p.sold - 1.0) < 1e-9;
    }
  }
};
const inputs& cases() {
  static const inputs all;
  return all;
}

void ours(benchmark::State& state) {
  if (!cases().sound) return state.SkipWithError("the answers differ");
  const keeper_state fresh{};
  std::size_t i = 0;
  for (auto _ : state) {
    const auto d = keeper(fresh, cases().looks[i++ % how_many]);
    benchmark::DoNotOptimize(d.verdict);
    benchmark::DoNotOptimize(d.trade);
  }
}
void peer(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(plain_decide(cases().plain[i++ % how_many]));
}
BENCHMARK(ours)->Name("decide_one_venue/ours");
BENCHMARK(peer)->Name("decide_one_venue/peer");

}  // namespace
