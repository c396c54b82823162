// SPDX-License-Identifier: MIT
// sens_value_delta_gamma_n: health, delta and gamma in factors, n price slots; the peer is health alone.
// sens_dense_n: the same with the Hessian written out into the caller's buffer; the peer is health alone.
// sens_autodiff_n, sens_bump_n: the dense Hessian again, next to Boost.Math's automatic differentiation (one dual
// number per pair of slots) and next to central differences of the value.
#include <benchmark/benchmark.h>

#include <trimtab/health.hpp>
#include <trimtab/sensitivity.hpp>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#if __has_include(<boost/math/differentiation/autodiff.hpp>)
#include <trimtab/interop/autodiff.hpp>
#define TRIMTAB_BENCH_AUTODIFF
#endif

namespace {

using namespace trimtab;

constexpr std::size_t books = 64;

template <std::size_t Held, std::size_t Owed>
struct inputs {
  static constexpr std::size_t slots = Held + Owed;
  using form_type = form<double, slots>;
  using hessian = std::array<double, slots * slots>;

  std::array<double, slots> price{};
  std::vector<form_type> forms;

  [[nodiscard]] oracle_prices<double> prices() const { return oracle_prices<double>(price); }
  inputs() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (double& p : price) p = between(0.5, 3000.0);
    for (std::size_t i = 0; i < books; ++i) {
      form_type f;
      for (std::uint16_t k = 0; k < slots; ++k) {
        const double amount = between(100.0, 10'000.0) / price[k];
        static_cast<void>(k < Held ? f.collateral.add({amount, between(0.7, 0.86), {k}, {k}})
                                   : f.debt.add({amount, 1.0, {k}, {k}}));
      }
      forms.push_back(f);
    }
  }
  static const inputs& get() {
    static const inputs all;
    return all;
  }
};
using four = inputs<3, 1>;
using sixteen = inputs<12, 4>;

template <class In>
void value(benchmark::State& state) {
  const In& in = In::get();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(health_factor(in.forms[i++ % books], in.prices()));
}
template <class In>
void factored(benchmark::State& state) {
  const In& in = In::get();
  std::size_t i = 0;
  for (auto _ : state) {
    auto g = sensitivity::health_greeks<In::slots>(in.forms[i++ % books], in.prices());
    benchmark::DoNotOptimize(g);
  }
}
template <class In>
void dense(const In& in, std::size_t i, typename In::hessian& out) {
  const auto g = sensitivity::health_greeks<In::slots>(in.forms[i], in.prices());
  static_cast<void>(g.dense(out));
}
template <class In>
void dense(benchmark::State& state) {
  const In& in = In::get();
  typename In::hessian out{};
  std::size_t i = 0;
  for (auto _ : state) {
    dense(in, i++ % books, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(factored<four>)->Name("sens_value_delta_gamma_4/ours");
BENCHMARK(value<four>)->Name("sens_value_delta_gamma_4/peer");
BENCHMARK(factored<sixteen>)->Name("sens_value_delta_gamma_16/ours");
BENCHMARK(value<sixteen>)->Name("sens_value_delta_gamma_16/peer");
BENCHMARK(dense<four>)->Name("sens_dense_4/ours");
BENCHMARK(value<four>)->Name("sens_dense_4/peer");
BENCHMARK(dense<sixteen>)->Name("sens_dense_16/ours");
BENCHMARK(value<sixteen>)->Name("sens_dense_16/peer");

// Whether two Hessians are the same to a tolerance relative to the size of their terms.
template <class In>
bool agree(const In& in, const typename In::hessian& a, const typename In::hessian& b, double tolerance) {
  for (std::size_t i = 0; i < In::slots; ++i)
    for (std::size_t j = 0; j < In::slots; ++j)
      if (!(std::fabs(a[i * In::slots + j] - b[i * In::slots + j]) * in.price[i] * in.price[j] < tolerance))
        return false;
  return true;
}

// Central differences: the diagonal from two values a slot, the rest from two more a pair.
template <class In>
void bump(const In& in, std::size_t i, typename In::hessian& out) {
  constexpr std::size_t n = In::slots;
  const auto at = [&](const std::array<double, n>& p) {
    return health_factor(in.forms[i], oracle_prices<double>(std::span<const double>(p)));
  };
  const double centre = at(in.price);
  std::array<double, n> step{}, up{}, down{};
  std::array<double, n> p = in.price;
  for (std::size_t k = 0; k < n; ++k) {
    step[k] = 1e-4 * in.price[k];
    p[k] = in.price[k] + step[k], up[k] = at(p);
    p[k] = in.price[k] - step[k], down[k] = at(p);
    p[k] = in.price[k];
    out[k * n + k] = (up[k] - 2.0 * centre + down[k]) / (step[k] * step[k]);
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t l = 0; l < k; ++l) {
      p[k] = in.price[k] + step[k], p[l] = in.price[l] + step[l];
      const double both_up = at(p);
      p[k] = in.price[k] - step[k], p[l] = in.price[l] - step[l];
      const double both_down = at(p);
      p[k] = in.price[k], p[l] = in.price[l];
      out[k * n + l] = out[l * n + k] =
          (both_up - up[k] - up[l] + 2.0 * centre - down[k] - down[l] + both_down) / (2.0 * step[k] * step[l]);
    }
}
template <class In>
void bump(benchmark::State& state) {
  const In& in = In::get();
  typename In::hessian ours{}, out{};
  dense(in, 0, ours);
  bump(in, 0, out);
  if (!agree(in, ours, out, 1e-5)) return state.SkipWithError("the answers differ");
  std::size_t i = 0;
  for (auto _ : state) {
    bump(in, i++ % books, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(factored<four>)->Name("sens_bump_4/ours");
BENCHMARK(bump<four>)->Name("sens_bump_4/peer");
BENCHMARK(factored<sixteen>)->Name("sens_bump_16/ours");
BENCHMARK(bump<sixteen>)->Name("sens_bump_16/peer");

#ifdef TRIMTAB_BENCH_AUTODIFF
using boost::math::differentiation::make_ftuple;
using boost::math::differentiation::make_fvar;

template <class S, class In>
form<S, In::slots> as_form_of(const typename In::form_type& f) {
  form<S, In::slots> out;
  for (const term<>& t : f.collateral)
    static_cast<void>(out.collateral.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
  for (const term<>& t : f.debt)
    static_cast<void>(out.debt.add({literal<S>(t.amount), literal<S>(t.weight), t.slot, t.asset}));
  return out;
}
// One dual number of order two a slot, and one of order one in each of two variables a pair.
template <class In>
void autodiff(const In& in, std::size_t i, typename In::hessian& out) {
  constexpr std::size_t n = In::slots;
  const auto health = [&]<class S>(const std::array<S, n>& p) {
    return health_factor(as_form_of<S, In>(in.forms[i]), oracle_prices<S>(std::span<const S>(p)));
  };
  using one = decltype(make_fvar<double, 2>(1.0));
  std::array<one, n> p;
  for (std::size_t k = 0; k < n; ++k) p[k] = one(in.price[k]);
  for (std::size_t k = 0; k < n; ++k) {
    p[k] = make_fvar<double, 2>(in.price[k]);
    out[k * n + k] = health(p).derivative(2);
    p[k] = one(in.price[k]);
  }
  using pair = decltype(make_fvar<double, 1, 1>(1.0));
  std::array<pair, n> q;
  for (std::size_t k = 0; k < n; ++k) q[k] = pair(in.price[k]);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t l = 0; l < k; ++l) {
      const auto variables = make_ftuple<double, 1, 1>(in.price[k], in.price[l]);
      q[k] = std::get<0>(variables), q[l] = std::get<1>(variables);
      out[k * n + l] = out[l * n + k] = health(q).derivative(1, 1);
      q[k] = pair(in.price[k]), q[l] = pair(in.price[l]);
    }
}
template <class In>
void autodiff(benchmark::State& state) {
  const In& in = In::get();
  typename In::hessian ours{}, out{};
  dense(in, 0, ours);
  autodiff(in, 0, out);
  if (!agree(in, ours, out, 1e-12)) return state.SkipWithError("the answers differ");
  std::size_t i = 0;
  for (auto _ : state) {
    autodiff(in, i++ % books, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(factored<four>)->Name("sens_autodiff_4/ours");
BENCHMARK(autodiff<four>)->Name("sens_autodiff_4/peer");
BENCHMARK(factored<sixteen>)->Name("sens_autodiff_16/ours");
BENCHMARK(autodiff<sixteen>)->Name("sens_autodiff_16/peer");
#endif

}  // namespace
