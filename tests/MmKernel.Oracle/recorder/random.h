// The generator of pseudo-random numbers (splitmix64): a seed always draws the same operations.

static u64 rs;
static u64 rnd(void)
{
    u64 z = (rs += 0x9E3779B97F4A7C15UL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
    return z ^ (z >> 31);
}
static int R(int n)
{
    return (int)(rnd() % (u64)n);
}
static int pct(int p)
{
    return R(100) < p;
}
