using System.Reflection;
using System.Reflection.Emit;

namespace Afterburner.CSharp.Calls;

/// <summary>Makes a call of a method that is known by reflection alone, without what <see cref="MethodBase.Invoke(object, object[])"/> costs and does.</summary>
internal static class CallInvoker
{
    /// <summary>
    /// A function that calls the method itself, also where the object's type overrides it; for a constructor, one that makes an object. What it gives back by its parameters stands in
    /// their places afterwards; a struct that it is called on is changed in its box. Exceptions come as they are thrown.
    /// </summary>
    /// <param name="method">Of certain types: see <see cref="Closed"/>.</param>
    /// <exception cref="NotSupportedException">It cannot be called in this way; the message says why.</exception>
    public static Func<object?, object?[], object?> Of(MethodBase method)
    {
        var parameters = method.GetParameters();
        var returned = method is MethodInfo info ? info.ReturnType : method.DeclaringType!;
        if (parameters.Any(p => Element(p.ParameterType).IsByRefLike || Element(p.ParameterType).IsPointer) || Element(returned).IsByRefLike || Element(returned).IsPointer || method.DeclaringType!.IsByRefLike)
            throw new NotSupportedException("it takes or gives what lives on the stack alone");
        var made = new DynamicMethod("call", typeof(object), [typeof(object), typeof(object[])], typeof(CallInvoker).Module, skipVisibility: true);
        var code = made.GetILGenerator();
        if (!method.IsStatic && method is MethodInfo)
            code.Emit(OpCodes.Ldarg_0);
        if (!method.IsStatic && method is MethodInfo)
            code.Emit(method.DeclaringType.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, method.DeclaringType);
        var given = parameters.Select(p => p.ParameterType.IsByRef ? code.DeclareLocal(Element(p.ParameterType)) : null).ToArray();
        for (var place = 0; place < parameters.Length; place++)
        {
            if (given[place] is not { } local)
            {
                Load(code, place, parameters[place].ParameterType);
                continue;
            }

            if (!parameters[place].IsOut || parameters[place].IsIn)
            {
                Load(code, place, local.LocalType);
                code.Emit(OpCodes.Stloc, local);
            }

            code.Emit(OpCodes.Ldloca, local);
        }

        if (method is ConstructorInfo constructor)
            code.Emit(OpCodes.Newobj, constructor);
        else
            code.Emit(OpCodes.Call, (MethodInfo)method);
        if (returned.IsByRef)
            code.Emit(OpCodes.Ldobj, Element(returned));
        if (returned == typeof(void))
            code.Emit(OpCodes.Ldnull);
        else if (Element(returned).IsValueType)
            code.Emit(OpCodes.Box, Element(returned));
        for (var place = 0; place < parameters.Length; place++)
        {
            if (given[place] is not { } local)
                continue;
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldc_I4, place);
            code.Emit(OpCodes.Ldloc, local);
            if (local.LocalType.IsValueType)
                code.Emit(OpCodes.Box, local.LocalType);
            code.Emit(OpCodes.Stelem_Ref);
        }

        code.Emit(OpCodes.Ret);
        return made.CreateDelegate<Func<object?, object?[], object?>>();
    }

    /// <summary>The method with its types, as a recorded call has them.</summary>
    /// <param name="definition">As its type declares it.</param>
    /// <param name="types">Of the type that declares it, then its own.</param>
    /// <exception cref="InvalidDataException">Those are not its types.</exception>
    public static MethodBase Closed(MethodBase definition, Type[] types)
    {
        var around = definition.DeclaringType!.IsGenericTypeDefinition ? definition.DeclaringType.GetGenericArguments().Length : 0;
        var own = definition.IsGenericMethodDefinition ? definition.GetGenericArguments().Length : 0;
        if (types.Length != around + own)
            throw new InvalidDataException("the call has other types than the function");
        var method = around == 0 ? definition : MethodBase.GetMethodFromHandle(definition.MethodHandle, definition.DeclaringType.MakeGenericType(types[..around]).TypeHandle)!;
        return own == 0 ? method : ((MethodInfo)method).MakeGenericMethod(types[around..]);
    }

    private static Type Element(Type type) => type.IsByRef ? type.GetElementType()! : type;

    private static void Load(ILGenerator code, int place, Type type)
    {
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldc_I4, place);
        code.Emit(OpCodes.Ldelem_Ref);
        code.Emit(type.IsValueType ? OpCodes.Unbox_Any : OpCodes.Castclass, type);
    }
}
