// SPDX-License-Identifier: MIT
// hold: validate, two sources for each of four assets, health factor, band and cooldown; the answer is "hold".
#include <benchmark/benchmark.h>

#include "plain.hpp"

namespace {

using namespace bench;

plain_answer plain_hold(const plain_world& w) {
  const auto sides = plain_values(w);
  if (!sides) return {};
  const double health = sides->debt > 0.0 ? sides->collateral / sides->debt : infinity;
  const bool cooled = w.now - w.last_fill >= 600;
  return {.trade = health <= 1.05 || (health <= 1.15 && cooled), .health = health};
}

bool agree(const std::vector<snapshot<pool>>& looks, const std::vector<plain_world>& plain) {
  for (std::size_t i = 0; i < how_many; ++i) {
    const auto d = keeper({}, looks[i]);
    const auto p = plain_hold(plain[i]);
    if (d.verdict != verdict::hold || p.trade || std::fabs(d.health / p.health - 1.0) > 1e-9) return false;
  }
  return true;
}

struct inputs {
  std::vector<world> ours = worlds(1.3, 3.0);
  std::vector<plain_world> plain = plain_worlds(ours);
  std::vector<snapshot<pool>> looks;
  bool sound = false;
  inputs() {
    for (const world& w : ours) looks.push_back(w.look());
    sound = agree(looks, plain);
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
    benchmark::DoNotOptimize(d.health);
  }
}
void peer(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(plain_hold(cases().plain[i++ % how_many]));
}
BENCHMARK(ours)->Name("hold/ours");
BENCHMARK(peer)->Name("hold/peer");

}  // namespace
