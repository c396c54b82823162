// SPDX-License-Identifier: MIT
// restore_target: from the sizing problem to the root and its verdict; restore_target_trade: to the certified trade.
#include <benchmark/benchmark.h>

#include "plain.hpp"

namespace {

using namespace bench;

constexpr sizing::restore_target sizer{.max_slippage = 1000_bps};

struct inputs {
  std::vector<world> all = worlds(1.02, 1.2);
  std::vector<sizing::problem<pool>> problems;
  bool sound = true;
  inputs();
};

double peer_size(const sizing::problem<pool>& p) {
  double collateral = 0.0, debt = 0.0;
  for (const auto& t : p.liquidation.collateral) collateral += t.weight * t.amount * p.prices[t.slot].value;
  for (const auto& t : p.liquidation.debt) debt += t.weight * t.amount * p.prices[t.slot].value;
  const auto &c = *p.liquidation.collateral.find(p.collateral), &d = *p.liquidation.debt.find(p.debt);
  const double f = p.funding.premium.fraction(), kept = f * p.fair_rate * 0.9 / (1.0 + f);
  return plain_size(collateral, debt, c.weight * p.prices[c.slot].value, d.weight * p.prices[d.slot].value,
                    p.venue->reserve_in, p.venue->reserve_out, p.target, kept);
}

inputs::inputs() {
  for (const world& w : all) {
    sizing::problem<pool> p;
    p.liquidation = keeper.model.liquidation_form<double>(w.holdings);
    p.borrow = keeper.model.borrow_form<double>(w.holdings);
    p.prices = oracle_prices<double>{w.price};
    p.collateral = {1};
    p.debt = {3};
    p.venue = &w.venue;
    p.fair_rate = w.price[0] / w.price[2];
    p.target = bonus_free_target;
    problems.push_back(p);
    const auto s = sizer.size(p);
    const double plain = peer_size(p), root = sizer.root(p).x;
    sound =
        sound && s.has_value() && std::fabs(s.trade.sold / plain - 1.0) < 1e-9 && std::fabs(root / plain - 1.0) < 1e-9;
  }
}
const inputs& cases() {
  static const inputs all;
  return all;
}

void root(benchmark::State& state) {
  if (!cases().sound) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sizer.root(cases().problems[i++ % how_many]));
}
void trade(benchmark::State& state) {
  if (!cases().sound) return state.SkipWithError("the sizes differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sizer.size(cases().problems[i++ % how_many]));
}
void peer(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(peer_size(cases().problems[i++ % how_many]));
}
BENCHMARK(root)->Name("restore_target/ours");
BENCHMARK(peer)->Name("restore_target/peer");
BENCHMARK(trade)->Name("restore_target_trade/ours");
BENCHMARK(peer)->Name("restore_target_trade/peer");

}  // namespace
