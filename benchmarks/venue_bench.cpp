// SPDX-License-Identifier: MIT
// N1: what a venue pays for an amount, each against the formula written plainly: of the constant product and the
// weighted pool the textbook's, of the stable swap the contract's iteration in doubles, its D given. In lanes against
// our own scalar, one question after the other.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include <array>
#include <cmath>
#include <random>

#if __has_include(<xsimd/xsimd.hpp>)
#include <trimtab/interop/xsimd.hpp>
#define TRIMTAB_BENCH_LANES
#endif

namespace {

using namespace trimtab::liquidity;

constexpr std::size_t count = 256;

/// Pools and trades of a thousandth to a half of the balance.
struct markets {
  std::array<constant_product, count> product;
  std::array<weighted, count> weights;
  std::array<stable_pool, count> coins;
  std::array<stable_swap, count> stable;
  std::array<double, count> invariant{}, amount{};

  markets() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double a, double b) { return std::uniform_real_distribution<>(a, b)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      const double in = between(1e3, 1e6), out = between(1e3, 1e6), w = between(0.2, 0.8);
      product[i] = {.reserve_in = in, .reserve_out = out, .fee = {30.0}};
      weights[i] = {.balance_in = in, .balance_out = out, .weight_in = w, .weight_out = 1.0 - w, .fee = {30.0}};
      coins[i] = {.coins = 3, .balances = {in, in * between(0.5, 2.0), in}, .amplification = between(50.0, 2000.0)};
      stable[i] = *stable_swap::of(coins[i], 0, 1);
      invariant[i] = coins[i].invariant()->high;
      amount[i] = in * std::exp(between(std::log(1e-3), std::log(0.5)));
    }
  }
};
const markets& all() {
  static const markets made;
  return made;
}

double product_ours(std::size_t i) {
  return all().product[i].amount_out(all().amount[i]);
}
double product_plain(std::size_t i) {
  const constant_product& p = all().product[i];
  const double net = all().amount[i] * (1.0 - p.fee.count / 1e4);
  return net * p.reserve_out / (p.reserve_in + net);
}
double weighted_ours(std::size_t i) {
  return all().weights[i].amount_out(all().amount[i]);
}
double weighted_plain(std::size_t i) {
  const weighted& p = all().weights[i];
  const double net = all().amount[i] * (1.0 - p.fee.count / 1e4);
  return p.balance_out * (1.0 - std::pow(p.balance_in / (p.balance_in + net), p.weight_in / p.weight_out));
}
double stable_ours(std::size_t i) {
  return all().stable[i].amount_out(all().amount[i]);
}
/// get_y of the contract: c and b over the other coins, then its Newton until it moves by less than a unit.
double stable_plain(std::size_t i) {
  const stable_pool& p = all().coins[i];
  const double d = all().invariant[i], n = static_cast<double>(p.coins), ann = p.amplification * n;
  double sum = 0.0, c = d;
  for (std::size_t k = 0; k < p.coins; ++k) {
    if (k == 1) continue;
    const double x = k == 0 ? p.balances[0] + all().amount[i] : p.balances[k];
    sum += x, c = c * d / (x * n);
  }
  c = c * d / (ann * n);
  const double b = sum + d / ann;
  double y = d;
  for (int round = 0; round < 255; ++round) {
    const double before = y;
    y = (y * y + c) / (2.0 * y + b - d);
    if (std::fabs(y - before) <= 1e-12 * d) break;
  }
  return (p.balances[1] - y) * (1.0 - p.fee.count / 1e4);
}

template <double (*asked)(std::size_t), double (*other)(std::size_t)>
void questions(benchmark::State& state) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!(std::fabs(asked(i) - other(i)) <= 1e-8 * other(i))) return state.SkipWithError("the two disagree");
  }
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(asked(i));
    i = (i + 1) % count;
  }
}
BENCHMARK(questions<product_ours, product_plain>)->Name("N1_constant_product/ours");
BENCHMARK(questions<product_plain, product_ours>)->Name("N1_constant_product/peer");
BENCHMARK(questions<weighted_ours, weighted_plain>)->Name("N1_weighted/ours");
BENCHMARK(questions<weighted_plain, weighted_ours>)->Name("N1_weighted/peer");
BENCHMARK(questions<stable_ours, stable_plain>)->Name("N1_stable_swap/ours");
BENCHMARK(questions<stable_plain, stable_ours>)->Name("N1_stable_swap/peer");

#ifdef TRIMTAB_BENCH_LANES

using batch = xsimd::batch<double>;

template <class V>
void one_by_one(const V& venue, const double* in, double* out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = venue.amount_out(in[i]);
    benchmark::ClobberMemory();  // one after the other, as questions come
  }
}
template <class V>
void in_lanes(const V& venue, const double* in, double* out) {
  for (std::size_t i = 0; i < count; i += batch::size)
    venue.amount_out(batch::load_unaligned(in + i)).store_unaligned(out + i);
}

/// One pool and many amounts. Time per amount.
template <class V, void (*sweep)(const V&, const double*, double*)>
void amounts(benchmark::State& state) {
  const V venue = [] {
    if constexpr (std::is_same_v<V, weighted>) {
      return all().weights[0];
    } else {
      return all().product[0];
    }
  }();
  std::array<double, count> a{}, b{};
  one_by_one(venue, all().amount.data(), a.data());
  in_lanes(venue, all().amount.data(), b.data());
  for (std::size_t i = 0; i < count; ++i)
    if (!(std::fabs(a[i] - b[i]) <= 1e-14 * a[i])) return state.SkipWithError("lanes and scalar disagree");
  while (state.KeepRunningBatch(count)) {
    sweep(venue, all().amount.data(), a.data());
    benchmark::DoNotOptimize(a.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(amounts<constant_product, in_lanes<constant_product>>)->Name("N1_constant_product_lanes/ours");
BENCHMARK(amounts<constant_product, one_by_one<constant_product>>)->Name("N1_constant_product_lanes/peer");
BENCHMARK(amounts<weighted, in_lanes<weighted>>)->Name("N1_weighted_lanes/ours");
BENCHMARK(amounts<weighted, one_by_one<weighted>>)->Name("N1_weighted_lanes/peer");

#endif

}  // namespace
