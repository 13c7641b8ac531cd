/* SPDX-License-Identifier: Apache-2.0 */
/* Recursive Fibonacci numbers: calls, returns, and the stack. */
static int fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void) {
  return fibonacci(31) == 1346269 ? 0 : 1;
}
