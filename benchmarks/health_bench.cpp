// SPDX-License-Identifier: MIT
// health_form_n: the factor from a form; health_account_n: from account and configuration; 3 collaterals and 1 debt,
// and 12 assets (8 and 4). The peer keeps positions in a std::vector and reserves by asset in a std::map.
// health_form_3_lanes: as many accounts as a batch has lanes, their amounts side by side; the peer is our own form, one
// account after the other.
#include <benchmark/benchmark.h>

#include "plain.hpp"
#include <map>

#if __has_include(<xsimd/xsimd.hpp>)
#include <trimtab/interop/xsimd.hpp>
#define TRIMTAB_BENCH_LANES
#endif

namespace {

using namespace bench;

// Different ones, and few enough for the first cache: what is measured is the arithmetic.
constexpr std::size_t accounts = 64;

template <std::size_t Held, std::size_t Owed, std::size_t N>
struct inputs {
  static constexpr std::size_t assets = Held + Owed;
  struct naive_position {
    unsigned asset;
    double collateral, debt;
  };
  struct naive_reserve {
    double threshold, price;
  };

  std::array<health::aave_v3_reserve, assets> table{};
  std::array<double, assets> price{};
  health::aave_v3 model{};
  std::vector<account<N>> ours;
  std::vector<form<double, N>> forms;
  std::vector<std::vector<naive_position>> naive;
  std::map<unsigned, naive_reserve> reserves;
  bool sound = true;

  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>{price}; }
  [[nodiscard]] double naive_health(std::size_t i) const {
    double collateral = 0.0, debt = 0.0;
    for (const naive_position& p : naive[i]) {
      const naive_reserve& r = reserves.at(p.asset);
      collateral += p.collateral * r.threshold * r.price;
      debt += p.debt * r.price;
    }
    return debt > 0.0 ? collateral / debt : infinity;
  }

  inputs() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::uint16_t k = 0; k < assets; ++k) {
      price[k] = between(0.5, 3000.0);
      table[k] = {.asset = {k},
                  .collateral_slot = {k},
                  .debt_slot = {k},
                  .ltv = 7000_bps,
                  .threshold = {std::floor(between(7100.0, 8600.0))}};
      reserves[k] = {table[k].threshold.fraction(), price[k]};
    }
    model.reserves = table;
    for (std::size_t i = 0; i < accounts; ++i) {
      account<N> a;
      std::vector<naive_position> plain;
      for (unsigned k = 0; k < assets; ++k) {
        const double value = between(100.0, 10'000.0) / price[k];
        const holding h{.asset = {k}, .collateral = k < Held ? value : 0.0, .debt = k < Held ? 0.0 : value};
        a.add(h);
        plain.push_back({k, h.collateral, h.debt});
      }
      ours.push_back(a);
      forms.push_back(model.liquidation_form<double>(a));
      naive.push_back(plain);
      sound = sound && std::fabs(health_factor(forms[i], prices()) / naive_health(i) - 1.0) < 1e-12;
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};
using three = inputs<3, 1, 8>;
using twelve = inputs<8, 4, 12>;

template <class In>
void from_form(benchmark::State& state) {
  const In& in = In::get();
  if (!in.sound) return state.SkipWithError("the answers differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(health_factor(in.forms[i++ % accounts], in.prices()));
}
template <class In>
void from_account(benchmark::State& state) {
  const In& in = In::get();
  if (!in.sound) return state.SkipWithError("the answers differ");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(health_factor(in.model, in.ours[i++ % accounts], in.prices()));
}
template <class In>
void naive(benchmark::State& state) {
  const In& in = In::get();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(in.naive_health(i++ % accounts));
}
BENCHMARK(from_form<three>)->Name("health_form_3/ours");
BENCHMARK(naive<three>)->Name("health_form_3/peer");
BENCHMARK(from_account<three>)->Name("health_account_3/ours");
BENCHMARK(naive<three>)->Name("health_account_3/peer");
BENCHMARK(from_form<twelve>)->Name("health_form_12/ours");
BENCHMARK(naive<twelve>)->Name("health_form_12/peer");
BENCHMARK(from_account<twelve>)->Name("health_account_12/ours");
BENCHMARK(naive<twelve>)->Name("health_account_12/peer");

#ifdef TRIMTAB_BENCH_LANES
using batch = xsimd::batch<double>;

struct lane_inputs {
  std::vector<form<batch>> forms;
  std::vector<batch> price;
  bool sound = true;
  lane_inputs() {
    const three& in = three::get();
    for (const double p : in.price) price.emplace_back(p);
    for (std::size_t first = 0; first + batch::size <= accounts; first += batch::size) {
      form<batch> f;
      const auto gather = [&](const auto& side_of, auto& into) {
        for (std::size_t k = 0; k < side_of(in.forms[first]).size(); ++k) {
          std::array<double, batch::size> amount{};
          for (std::size_t lane = 0; lane < batch::size; ++lane)
            amount[lane] = side_of(in.forms[first + lane])[k].amount;
          const term<>& t = side_of(in.forms[first])[k];
          into.add({batch::load_unaligned(amount.data()), batch(t.weight), t.slot, t.asset});
        }
      };
      gather(
          [](const form<>& g) -> const auto& { return g.collateral; }, f.collateral);
      gather(
          [](const form<>& g) -> const auto& { return g.debt; }, f.debt);
      const batch health = health_factor(f, prices());
      for (std::size_t lane = 0; lane < batch::size; ++lane)
        sound = sound && health.get(lane) == health_factor(in.forms[first + lane], in.prices());
      forms.push_back(f);
    }
  }
  [[nodiscard]] oracle_prices<batch> prices() const { return oracle_prices<batch>{std::span<const batch>(price)}; }
  static const lane_inputs& get() {
    static const lane_inputs all;
    return all;
  }
};
void lanes(benchmark::State& state) {
  const lane_inputs& in = lane_inputs::get();
  if (!in.sound) return state.SkipWithError("the answers differ");
  std::size_t i = 0;
  for (auto _ : state) {
    batch health = health_factor(in.forms[i++ % in.forms.size()], in.prices());
    benchmark::DoNotOptimize(health);
  }
}
void one_by_one(benchmark::State& state) {
  const three& in = three::get();
  std::size_t i = 0;
  for (auto _ : state)
    for (std::size_t lane = 0; lane < batch::size; ++lane)
      benchmark::DoNotOptimize(health_factor(in.forms[i++ % accounts], in.prices()));
}
BENCHMARK(lanes)->Name("health_form_3_lanes/ours");
BENCHMARK(one_by_one)->Name("health_form_3_lanes/peer");
#endif

}  // namespace
