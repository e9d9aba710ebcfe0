#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Calls
{
    using System;
    using System.Reflection;

    /// <summary>
    /// A recorded call, as bytes. They begin with a version. Types are named by their assemblies without versions, and members by name and signature, so that they are found again in
    /// an assembly that was built anew.
    /// </summary>
    internal static partial class CallBlob
    {
        /// <param name="method">That is called; nothing of it is written.</param>
        /// <param name="self">Null for none.</param>
        /// <param name="arguments">In the order of the parameters; null for one that is only given back (<c>out</c>).</param>
        /// <param name="typeArguments">Of the type that declares the method, with those of the types around it first; then of the method.</param>
        /// <exception cref="ValueRefusedException">One of them cannot be written.</exception>
        public static byte[] Write(MethodBase method, object self, object[] arguments, Type[] typeArguments)
        {
            return Write(self, arguments, typeArguments, int.MaxValue, double.PositiveInfinity);
        }

        /// <param name="mostBytes">That it may take.</param>
        /// <param name="mostSeconds">That writing it may take.</param>
        public static byte[] Write(object self, object[] arguments, Type[] typeArguments, long mostBytes, double mostSeconds)
        {
            var roots = new object[arguments.Length + 1];
            roots[0] = self;
            Array.Copy(arguments, 0, roots, 1, arguments.Length);
            return new ValueWriter(false, mostBytes, mostSeconds).Write(typeArguments, roots);
        }
    }
}
