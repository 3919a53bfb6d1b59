// usage: x-cmp.mjs dtype m,n,k,flags ...   old vs new, and vs the even one
import * as O from './x-old.mjs'; import * as N from './x-new.mjs';
const [dtype, ...specs]=process.argv.slice(2);
const o=O.productsOf(O.tilingOf(dtype)), nn=N.productsOf(N.tilingOf(dtype));
const once=(f,r)=>{const s=performance.now();for(let i=0;i<r;i++)f();return (performance.now()-s)/r};
for(const spec of specs){
 const [m,n,k,f]=spec.split(',').map(Number);
 const up=x=>Math.ceil(x/8)*8;
 const runs=[o(m,n,k,!!(f&1),!!(f&2)),o(up(m),up(n),up(k),!!(f&1),!!(f&2)),nn(m,n,k,!!(f&1),!!(f&2)),nn(up(m),up(n),up(k),!!(f&1),!!(f&2))];
 for(const r of runs){const e=performance.now()+60;while(performance.now()<e)r();}
 const t=runs.map(r=>Math.min(once(r,3),once(r,3)));const len=Math.max(.02,...t);const rep=t.map(x=>Math.ceil(len/x));
 const best=runs.map(()=>1e9);
 const S=Number(process.env.S??400);
 for(let s=0;s<S;s++)runs.forEach((r,i)=>{best[i]=Math.min(best[i],once(r,rep[i]))});
 const us=best.map(x=>(x*1e6).toFixed(0).padStart(9));
 console.log(spec.padEnd(14),'old',us[0],us[1],(best[0]/best[1]).toFixed(3),' new',us[2],us[3],(best[2]/best[3]).toFixed(3),' new/old',(best[2]/best[0]).toFixed(3),(best[3]/best[1]).toFixed(3));
}
